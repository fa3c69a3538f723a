// SPDX-License-Identifier: Apache-2.0
// Requests of the host and the replies to them.
#ifndef REQUESTS_H
#define REQUESTS_H

#include "buffer.h"
#include "json.h"

#include <stdint.h>

enum { REPLY_MAX = 1024 * 1024 };

// To whom a reply goes, possibly later.
struct ticket {
    uint32_t id;
    uint32_t epoch;
};

struct request {
    struct ticket ticket;
    struct json json;
    const struct json_value *root;
    // As it came; the tree above is made of a copy.
    const char *text;
    size_t length;
};

// Parses a request and does what it asks for.
void request_handle(uint32_t id, const char *text, size_t length);

void reply(struct ticket ticket, const char *json, size_t length);
void reply_done(struct ticket ticket);
void reply_error(struct ticket ticket, const char *code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
