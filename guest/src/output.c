// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CAPACITY = 64 * 1024 };

static char bytes[CAPACITY];
static size_t used;

// Negative for no limit.
static int patience = -1;

void output_limit(int millis) {
    patience = millis;
    if (fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK) < 0)
        child_fail("failed", "can't limit the stream: %s", strerror(errno));
}

static void await_room(void) {
    struct pollfd stream = {.fd = STDOUT_FILENO, .events = POLLOUT};
    if (poll(&stream, 1, patience) == 0)
        child_fail("failed", "the host has taken nothing for %d s", patience / 1000);
}

static void write_out(const char *data, size_t length) {
    while (length > 0) {
        ssize_t count = write(STDOUT_FILENO, data, length);
        if (count < 0 && errno == EAGAIN)
            await_room();
        else if (count < 0 && errno != EINTR)
            child_fail("failed", "can't write to the stream: %s", strerror(errno));
        if (count > 0) {
            data += count;
            length -= (size_t)count;
        }
    }
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
