// SPDX-License-Identifier: Apache-2.0
// Reads JSON (RFC 8259) into a tree, in place and bounded; writes JSON into a buffer.
#ifndef JSON_H
#define JSON_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    JSON_MAX_DEPTH = 32,
    JSON_MAX_VALUES = 1 << 16,
};

enum json_type {
    JSON_NULL,
    JSON_FALSE,
    JSON_TRUE,
    JSON_NUMBER,
    JSON_STRING,
    JSON_ARRAY,
    JSON_OBJECT
};

struct json_value {
    enum json_type type;
    // Key of a member of an object, else NULL.
    const char *key;
    // Text of a string (unescaped, never holding NUL) or of a number.
    const char *text;
    // Number of elements of an array or an object.
    size_t count;
    // Index of the next sibling in the document, 0 for none. The first child follows its parent.
    uint32_t next;
};

struct json {
    struct json_value *values;
    size_t count;
    size_t capacity;
    const char *error;
};

// Parses `text`, which must stay, is changed, and must have room for one byte behind `length`.
// False: `error` says why.
bool json_parse(struct json *document, char *text, size_t length);
void json_free(struct json *document);

const struct json_value *json_root(const struct json *document);
const struct json_value *json_first(const struct json *document, const struct json_value *parent);
const struct json_value *json_next(const struct json *document, const struct json_value *value);
// Member `key` of an object; NULL when it is missing or null, or `object` is NULL or no object.
const struct json_value *json_get(const struct json *document, const struct json_value *object,
                                  const char *key);
// Text of member `key`, or `fallback` when it is missing or not a string.
const char *json_string(const struct json *document, const struct json_value *object,
                        const char *key, const char *fallback);
bool json_bool(const struct json *document, const struct json_value *object, const char *key,
               bool fallback);
// Member `key` as an integer from 0 on, or `fallback` when it is missing or not such a number.
uint64_t json_number(const struct json *document, const struct json_value *object, const char *key,
                     uint64_t fallback);
bool json_as_number(const struct json_value *value, uint64_t *result);

// Adds `text` as a JSON string. Bytes that are not UTF-8 become U+FFFD.
void json_write_string(struct buffer *out, const char *text, size_t length);
// Adds `"key":"text"`.
void json_write_member(struct buffer *out, const char *key, const char *text);

#endif
