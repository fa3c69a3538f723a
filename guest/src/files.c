// SPDX-License-Identifier: Apache-2.0
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long read_up_to(int fd, char *out, size_t size) {
    size_t have = 0;
    while (have < size) {
        ssize_t count = read(fd, out + have, size - have);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        have += (size_t)count;
    }
    return (long)have;
}

long file_read_at(int directory, const char *path, char *out, size_t size) {
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -1;
    long length = read_up_to(fd, out, size - 1);
    close(fd);
    out[length < 0 ? 0 : length] = '\0';
    return length;
}

long file_read(const char *path, char *out, size_t size) {
    return file_read_at(AT_FDCWD, path, out, size);
}

long file_read_line(const char *path, char *out, size_t size) {
    long length = file_read(path, out, size);
    while (length > 0 && (out[length - 1] == '\n' || out[length - 1] == ' '))
        out[--length] = '\0';
    return length;
}

uint64_t file_read_number(const char *path, uint64_t fallback) {
    char text[32];
    if (file_read(path, text, sizeof text) <= 0 || text[0] < '0' || text[0] > '9')
        return fallback;
    return strtoull(text, NULL, 10);
}

bool write_all(int fd, const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        ssize_t count = write(fd, at, length);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        at += count;
        length -= (size_t)count;
    }
    return true;
}

bool file_write_at(int directory, const char *path, const char *text) {
    int fd = openat(directory, path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = write_all(fd, text, strlen(text));
    int saved = errno;
    close(fd);
    errno = saved;
    return done;
}

bool file_write(const char *path, const char *text) {
    return file_write_at(AT_FDCWD, path, text);
}

char *file_load(const char *path, size_t limit) {
    // Not blocked by a FIFO in the file's place.
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    struct stat status;
    char *text = NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && (uint64_t)status.st_size <= limit) {
        size_t size = (size_t)status.st_size;
        text = malloc(size + 1);
        long length = text ? read_up_to(fd, text, size) : -1;
        if (length < 0) {
            free(text);
            text = NULL;
        } else {
            text[length] = '\0';
        }
    }
    close(fd);
    return text;
}

void close_fd(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}
