// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct output output_owned(int fd) {
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    return (struct output){fd, false, SSIZE_MAX};
}

struct output output_shared(int fd) {
    struct output out = {fd, false, SSIZE_MAX};
    struct stat status;
    if (fstat(fd, &status) || S_ISREG(status.st_mode))
        return out;
    if (S_ISSOCK(status.st_mode)) {
        out.socket = true;
        return out;
    }
    // O_NONBLOCK on the descriptor itself would surprise whoever shares it; a second open does not.
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int again = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (again >= 0)
        out.fd = again;
    else
        out.chunk = PIPE_BUF; // what poll promises to take
    return out;
}

ssize_t output_write(const struct output *out, const void *data, size_t length) {
    if (length > out->chunk)
        length = out->chunk;
    if (out->socket)
        return send(out->fd, data, length, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(out->fd, data, length);
}
