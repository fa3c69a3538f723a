// SPDX-License-Identifier: Apache-2.0
// One place that bytes are written to, without ever blocking the session for long.
#ifndef HYPERCTL_OUTPUT_H
#define HYPERCTL_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct output {
    int fd;
    bool socket;
    size_t chunk; // most that a write may take at a time
};

// An output on a descriptor that other processes may share.
struct output output_shared(int fd);
// An output on a descriptor of our own.
struct output output_owned(int fd);
// Like write(2). -1 with EAGAIN or EINTR when nothing could be written now.
ssize_t output_write(const struct output *out, const void *data, size_t length);

#endif
