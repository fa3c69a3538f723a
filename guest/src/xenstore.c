// SPDX-License-Identifier: Apache-2.0
#include "xenstore.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

// Xen, xen/include/public/io/xs_wire.h.
enum { XS_READ = 2, MAX_PAYLOAD = 4096 };

struct message {
    uint32_t type;
    uint32_t request;
    uint32_t transaction;
    uint32_t length;
};

static bool read_fully(int fd, void *to, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t count = read(fd, (char *)to + done, length - done);
        if (count <= 0)
            return false;
        done += (size_t)count;
    }
    return true;
}

static long ask(int fd, const char *path, char *value, size_t size) {
    char payload[MAX_PAYLOAD];
    struct message message = {.type = XS_READ, .length = (uint32_t)strlen(path) + 1};
    if (write(fd, &message, sizeof message) != sizeof message ||
        write(fd, path, message.length) != (ssize_t)message.length ||
        !read_fully(fd, &message, sizeof message) || message.length > sizeof payload ||
        !read_fully(fd, payload, message.length) || message.type != XS_READ)
        return -1;
    size_t length = message.length < size ? message.length : size - 1;
    memcpy(value, payload, length);
    value[length] = '\0';
    return (long)length;
}

long xenstore_read(const char *path, char *value, size_t size) {
    int fd = open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -1;
    long length = ask(fd, path, value, size);
    close(fd);
    return length;
}
