// SPDX-License-Identifier: Apache-2.0
#include "json.h"

#include <stdlib.h>
#include <string.h>

struct parser {
    struct json *document;
    char *at;
    char *end;
    int depth;
};

static bool fail(struct parser *p, const char *error) {
    p->document->error = error;
    return false;
}

static void skip_space(struct parser *p) {
    while (p->at < p->end && (*p->at == ' ' || *p->at == '\t' || *p->at == '\n' || *p->at == '\r'))
        p->at++;
}

static bool take(struct parser *p, char expected) {
    if (p->at >= p->end || *p->at != expected)
        return false;
    p->at++;
    return true;
}

// Returns the index of a new value, or 0 when there are too many (index 0 is reserved).
static uint32_t add_value(struct parser *p, enum json_type type) {
    struct json *d = p->document;
    if (d->count == d->capacity) {
        size_t capacity = d->capacity ? d->capacity * 2 : 64;
        struct json_value *values =
            capacity > JSON_MAX_VALUES ? NULL : realloc(d->values, capacity * sizeof *values);
        if (!values) {
            fail(p, "too many values");
            return 0;
        }
        d->values = values;
        d->capacity = capacity;
    }
    if (d->count == 0)
        memset(&d->values[d->count++], 0, sizeof *d->values);
    struct json_value *value = &d->values[d->count];
    memset(value, 0, sizeof *value);
    value->type = type;
    return (uint32_t)d->count++;
}

static bool hex4(struct parser *p, unsigned *result) {
    if (p->end - p->at < 4)
        return fail(p, "escape cut off");
    unsigned code = 0;
    for (int i = 0; i < 4; i++) {
        char c = *p->at++;
        code <<= 4;
        if (c >= '0' && c <= '9')
            code |= (unsigned)(c - '0');
        else if (c >= 'a' && c <= 'f')
            code |= (unsigned)(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            code |= (unsigned)(c - 'A' + 10);
        else
            return fail(p, "bad \\u escape");
    }
    *result = code;
    return true;
}

static char *put_utf8(char *to, unsigned code) {
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xC0 | (code >> 6));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        *to++ = (char)(0xE0 | (code >> 12));
        *to++ = (char)(0x80 | ((code >> 6) & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    } else {
        *to++ = (char)(0xF0 | (code >> 18));
        *to++ = (char)(0x80 | ((code >> 12) & 0x3F));
        *to++ = (char)(0x80 | ((code >> 6) & 0x3F));
        *to++ = (char)(0x80 | (code & 0x3F));
    }
    return to;
}

static bool unicode_escape(struct parser *p, char **to) {
    unsigned code;
    if (!hex4(p, &code))
        return false;
    if (code == 0)
        return fail(p, "NUL in a string");
    if (code >= 0xDC00 && code <= 0xDFFF)
        return fail(p, "lone surrogate");
    if (code >= 0xD800 && code <= 0xDBFF) {
        unsigned low;
        if (!take(p, '\\') || !take(p, 'u'))
            return fail(p, "lone surrogate");
        if (!hex4(p, &low))
            return false;
        if (low < 0xDC00 || low > 0xDFFF)
            return fail(p, "lone surrogate");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    }
    *to = put_utf8(*to, code);
    return true;
}

// Unescapes in place: what an escape stands for is never longer than the escape.
static bool parse_string(struct parser *p, const char **result) {
    if (!take(p, '"'))
        return fail(p, "string expected");
    char *to = p->at;
    *result = to;
    while (p->at < p->end) {
        unsigned char c = (unsigned char)*p->at++;
        if (c == '"') {
            *to = '\0';
            return true;
        }
        if (c < 0x20)
            return fail(p, "control character in a string");
        if (c != '\\') {
            *to++ = (char)c;
            continue;
        }
        if (p->at >= p->end)
            break;
        static const char names[] = "\"\\/bfnrt";
        static const char codes[] = "\"\\/\b\f\n\r\t";
        char escape = *p->at++;
        const char *name = escape ? strchr(names, escape) : NULL;
        if (name)
            *to++ = codes[name - names];
        else if (escape != 'u')
            return fail(p, "unknown escape");
        else if (!unicode_escape(p, &to))
            return false;
    }
    return fail(p, "string not closed");
}

static size_t digits(struct parser *p) {
    char *start = p->at;
    while (p->at < p->end && *p->at >= '0' && *p->at <= '9')
        p->at++;
    return (size_t)(p->at - start);
}

// Numbers stay text that runs up to the first byte that can't belong to them; readers look no
// further.
static bool parse_number(struct parser *p) {
    uint32_t index = add_value(p, JSON_NUMBER);
    if (!index)
        return false;
    p->document->values[index].text = p->at;
    take(p, '-');
    bool zero = p->at < p->end && *p->at == '0';
    size_t count = digits(p);
    if (count == 0 || (zero && count > 1))
        return fail(p, "bad number");
    if (take(p, '.') && digits(p) == 0)
        return fail(p, "bad number");
    if (p->at < p->end && (*p->at == 'e' || *p->at == 'E')) {
        p->at++;
        if (!take(p, '+'))
            take(p, '-');
        if (digits(p) == 0)
            return fail(p, "bad number");
    }
    return true;
}

static bool parse_word(struct parser *p, const char *word, enum json_type type) {
    size_t length = strlen(word);
    if ((size_t)(p->end - p->at) < length || memcmp(p->at, word, length) != 0)
        return fail(p, "unknown word");
    p->at += length;
    return add_value(p, type) != 0;
}

static bool parse_value(struct parser *p);

static bool parse_container(struct parser *p, enum json_type type) {
    bool object = type == JSON_OBJECT;
    char close = object ? '}' : ']';
    uint32_t index = add_value(p, type);
    if (!index)
        return false;
    if (++p->depth > JSON_MAX_DEPTH)
        return fail(p, "nested too deep");
    p->at++;
    skip_space(p);
    if (take(p, close)) {
        p->depth--;
        return true;
    }
    uint32_t previous = 0;
    while (true) {
        const char *key = NULL;
        skip_space(p);
        if (object) {
            if (!parse_string(p, &key))
                return false;
            skip_space(p);
            if (!take(p, ':'))
                return fail(p, "colon expected");
        }
        uint32_t child = p->document->count ? (uint32_t)p->document->count : 1;
        if (!parse_value(p))
            return false;
        p->document->values[child].key = key;
        if (previous)
            p->document->values[previous].next = child;
        previous = child;
        p->document->values[index].count++;
        skip_space(p);
        if (take(p, ','))
            continue;
        if (!take(p, close))
            return fail(p, "comma or end expected");
        p->depth--;
        return true;
    }
}

static bool parse_value(struct parser *p) {
    skip_space(p);
    if (p->at >= p->end)
        return fail(p, "value expected");
    switch (*p->at) {
    case '{':
        return parse_container(p, JSON_OBJECT);
    case '[':
        return parse_container(p, JSON_ARRAY);
    case '"': {
        uint32_t index = add_value(p, JSON_STRING);
        const char *text;
        if (!index || !parse_string(p, &text))
            return false;
        p->document->values[index].text = text;
        return true;
    }
    case 't':
        return parse_word(p, "true", JSON_TRUE);
    case 'f':
        return parse_word(p, "false", JSON_FALSE);
    case 'n':
        return parse_word(p, "null", JSON_NULL);
    default:
        return parse_number(p);
    }
}

bool json_parse(struct json *document, char *text, size_t length) {
    memset(document, 0, sizeof *document);
    text[length] = '\0';
    struct parser p = {.document = document, .at = text, .end = text + length};
    if (!parse_value(&p))
        return false;
    skip_space(&p);
    return p.at == p.end || fail(&p, "text behind the value");
}

void json_free(struct json *document) {
    free(document->values);
    memset(document, 0, sizeof *document);
}

const struct json_value *json_root(const struct json *document) {
    return document->count > 1 ? &document->values[1] : NULL;
}

const struct json_value *json_first(const struct json *document, const struct json_value *parent) {
    if (!parent || parent->count == 0)
        return NULL;
    return &document->values[(size_t)(parent - document->values) + 1];
}

const struct json_value *json_next(const struct json *document, const struct json_value *value) {
    return value->next ? &document->values[value->next] : NULL;
}

const struct json_value *json_get(const struct json *document, const struct json_value *object,
                                  const char *key) {
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json_value *v = json_first(document, object); v; v = json_next(document, v)) {
        if (strcmp(v->key, key) == 0)
            return v->type == JSON_NULL ? NULL : v;
    }
    return NULL;
}

const char *json_string(const struct json *document, const struct json_value *object,
                        const char *key, const char *fallback) {
    const struct json_value *value = json_get(document, object, key);
    return value && value->type == JSON_STRING ? value->text : fallback;
}

bool json_bool(const struct json *document, const struct json_value *object, const char *key,
               bool fallback) {
    const struct json_value *value = json_get(document, object, key);
    if (!value || (value->type != JSON_TRUE && value->type != JSON_FALSE))
        return fallback;
    return value->type == JSON_TRUE;
}

bool json_as_number(const struct json_value *value, uint64_t *result) {
    if (!value || value->type != JSON_NUMBER)
        return false;
    uint64_t number = 0;
    const char *at = value->text;
    for (; *at >= '0' && *at <= '9'; at++) {
        unsigned digit = (unsigned)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    if (at == value->text || *at == '.' || *at == 'e' || *at == 'E')
        return false;
    *result = number;
    return true;
}

uint64_t json_number(const struct json *document, const struct json_value *object, const char *key,
                     uint64_t fallback) {
    uint64_t number;
    return json_as_number(json_get(document, object, key), &number) ? number : fallback;
}

// Length of the UTF-8 sequence at `text`, 0 when it is not one.
static size_t utf8_length(const unsigned char *text, size_t available) {
    unsigned char c = text[0];
    size_t length = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
    if ((c >= 0x80 && c < 0xC2) || c > 0xF4 || length > available)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    }
    if ((c == 0xE0 && text[1] < 0xA0) || (c == 0xED && text[1] > 0x9F) ||
        (c == 0xF0 && text[1] < 0x90) || (c == 0xF4 && text[1] > 0x8F))
        return 0;
    return length;
}

void json_write_string(struct buffer *out, const char *text, size_t length) {
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;
    buffer_text(out, "\"");
    while (at < end) {
        if (*at == '"' || *at == '\\') {
            buffer_add(out, (char[]){'\\', (char)*at++}, 2);
        } else if (*at < 0x20) {
            buffer_format(out, "\\u%04x", *at++);
        } else {
            size_t count = utf8_length(at, (size_t)(end - at));
            if (count)
                buffer_add(out, at, count);
            else
                buffer_text(out, "\xEF\xBF\xBD");
            at += count ? count : 1;
        }
    }
    buffer_text(out, "\"");
}

void json_write_member(struct buffer *out, const char *key, const char *text) {
    json_write_string(out, key, strlen(key));
    buffer_text(out, ":");
    json_write_string(out, text, strlen(text));
}
