// SPDX-License-Identifier: Apache-2.0
// A growable byte buffer with an upper bound; beyond it, additions are dropped and `overflow` is
// set.
#ifndef BUFFER_H
#define BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
    char *data;
    size_t length;
    size_t capacity;
    size_t limit;
    bool overflow;
};

void buffer_init(struct buffer *b, size_t limit);
void buffer_free(struct buffer *b);
void buffer_clear(struct buffer *b);
bool buffer_reserve(struct buffer *b, size_t extra);
bool buffer_add(struct buffer *b, const void *data, size_t length);
bool buffer_text(struct buffer *b, const char *text);
bool buffer_format(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
// Drops `count` bytes from the front.
void buffer_drop(struct buffer *b, size_t count);

#endif
