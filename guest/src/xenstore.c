// SPDX-License-Identifier: Apache-2.0
#include "xenstore.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

// Xen, xen/include/public/io/xs_wire.h.
enum { XS_READ = 2, XS_WATCH = 4, XS_WRITE = 11, XS_WATCH_EVENT = 15, MAX_PAYLOAD = 4096 };

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

static int connect_store(void) {
    return open("/dev/xen/xenbus", O_RDWR | O_CLOEXEC);
}

static bool send(int fd, uint32_t type, const char *payload, size_t length) {
    struct message message = {.type = type, .length = (uint32_t)length};
    return write(fd, &message, sizeof message) == sizeof message &&
           write(fd, payload, length) == (ssize_t)length;
}

static bool receive(int fd, struct message *message, char payload[MAX_PAYLOAD]) {
    return read_fully(fd, message, sizeof *message) && message->length <= MAX_PAYLOAD &&
           read_fully(fd, payload, message->length);
}

// Returns the length of the answer, or -1.
static long ask(uint32_t type, const char *request, size_t size, char answer[MAX_PAYLOAD]) {
    int fd = connect_store();
    if (fd < 0)
        return -1;
    struct message message;
    bool done = send(fd, type, request, size) && receive(fd, &message, answer) &&
                message.type == type;
    close(fd);
    return done ? (long)message.length : -1;
}

// Puts two texts behind each other, each with its end. Returns the length, 0 if they are too long.
static size_t join(char joined[MAX_PAYLOAD], const char *first, const char *second) {
    size_t length = strlen(first) + 1, rest = strlen(second) + 1;
    if (length + rest > MAX_PAYLOAD)
        return 0;
    memcpy(joined, first, length);
    memcpy(joined + length, second, rest);
    return length + rest;
}

long xenstore_read(const char *path, char *value, size_t size) {
    char answer[MAX_PAYLOAD];
    long length = ask(XS_READ, path, strlen(path) + 1, answer);
    if (length < 0)
        return -1;
    if ((size_t)length >= size)
        length = (long)size - 1;
    memcpy(value, answer, (size_t)length);
    value[length] = '\0';
    return length;
}

bool xenstore_write(const char *path, const char *value) {
    char request[MAX_PAYLOAD], answer[MAX_PAYLOAD];
    size_t length = join(request, path, value);
    // The value's end is that of the message.
    return length > 0 && ask(XS_WRITE, request, length - 1, answer) >= 0;
}

int xenstore_watch(const char *path) {
    char request[MAX_PAYLOAD];
    size_t length = join(request, path, "watch");
    int fd = length > 0 ? connect_store() : -1;
    if (fd >= 0 && !send(fd, XS_WATCH, request, length)) {
        close(fd);
        return -1;
    }
    return fd;
}

int xenstore_next(int fd) {
    struct message message;
    char payload[MAX_PAYLOAD];
    if (!receive(fd, &message, payload))
        return -1;
    return message.type == XS_WATCH_EVENT;
}
