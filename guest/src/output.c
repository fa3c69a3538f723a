// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include "child.h"
#include "files.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CAPACITY = 64 * 1024 };

static char bytes[CAPACITY];
static size_t used;

static void write_out(const void *data, size_t length) {
    if (!write_all(STDOUT_FILENO, data, length))
        child_fail("failed", "can't write to the stream: %s", strerror(errno));
}

void output_flush(void) {
    write_out(bytes, used);
    used = 0;
}

void output_add(const void *data, size_t length) {
    if (length > CAPACITY - used)
        output_flush();
    if (length > CAPACITY) {
        write_out(data, length);
        return;
    }
    memcpy(bytes + used, data, length);
    used += length;
}

void output_field(const char *text) {
    output_add(text, strlen(text) + 1);
}

void output_number(int64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    output_field(text);
}
