// SPDX-License-Identifier: Apache-2.0
#include "buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buffer_init(struct buffer *b, size_t limit) {
    memset(b, 0, sizeof *b);
    b->limit = limit;
}

void buffer_free(struct buffer *b) {
    free(b->data);
    buffer_init(b, b->limit);
}

void buffer_clear(struct buffer *b) {
    b->length = 0;
    b->overflow = false;
}

bool buffer_reserve(struct buffer *b, size_t extra) {
    if (b->overflow || extra > b->limit || b->length > b->limit - extra) {
        b->overflow = true;
        return false;
    }
    size_t needed = b->length + extra;
    if (needed <= b->capacity)
        return true;
    size_t capacity = b->capacity ? b->capacity : 256;
    while (capacity < needed)
        capacity *= 2;
    char *data = realloc(b->data, capacity);
    if (!data) {
        b->overflow = true;
        return false;
    }
    b->data = data;
    b->capacity = capacity;
    return true;
}

bool buffer_add(struct buffer *b, const void *data, size_t length) {
    if (!buffer_reserve(b, length))
        return false;
    if (length)
        memcpy(b->data + b->length, data, length);
    b->length += length;
    return true;
}

bool buffer_text(struct buffer *b, const char *text) {
    return buffer_add(b, text, strlen(text));
}

bool buffer_format(struct buffer *b, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof text) {
        b->overflow = true;
        return false;
    }
    return buffer_add(b, text, (size_t)length);
}

void buffer_drop(struct buffer *b, size_t count) {
    if (count >= b->length) {
        b->length = 0;
        return;
    }
    memmove(b->data, b->data + count, b->length - count);
    b->length -= count;
}
