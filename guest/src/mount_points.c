// SPDX-License-Identifier: Apache-2.0
#include "mount_points.h"

#include "buffer.h"
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

enum { MAX_TEXT = 4 * 1024 * 1024 };

// Each ended by NUL.
static struct buffer paths = {.limit = MAX_TEXT};

static void read_all(int fd, struct buffer *text) {
    while (buffer_reserve(text, 4096)) {
        ssize_t count = read(fd, text->data + text->length, 4096);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            child_fail("failed", "can't read the container's mounts: %s", strerror(errno));
        if (count == 0)
            return;
        text->length += (size_t)count;
    }
    child_fail("failed", "the container has too many mounts");
}

static bool is_octal(const char *at) {
    return at[0] >= '0' && at[0] <= '3' && at[1] >= '0' && at[1] <= '7' && at[2] >= '0' &&
           at[2] <= '7';
}

// Adds a path in which white space and backslashes are octal, see proc(5).
static void add_path(const char *at, const char *end) {
    while (at < end) {
        if (*at == '\\' && end - at > 3 && is_octal(at + 1)) {
            char byte = (char)((at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0'));
            buffer_add(&paths, &byte, 1);
            at += 4;
        } else {
            buffer_add(&paths, at++, 1);
        }
    }
    buffer_add(&paths, "", 1);
}

// "36 35 98:0 /root /mount/point options ...": the mount point is the fifth field.
static void parse(const char *at, const char *end) {
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        line_end = line_end ? line_end : end;
        for (int field = 1; field < 5 && at; field++) {
            at = memchr(at, ' ', (size_t)(line_end - at));
            at = at ? at + 1 : NULL;
        }
        const char *space = at ? memchr(at, ' ', (size_t)(line_end - at)) : NULL;
        if (space)
            add_path(at, space);
        at = line_end + 1;
    }
}

void mount_points_read(const struct container *c) {
    struct buffer text;
    buffer_init(&text, MAX_TEXT);
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (own < 0 || setns(c->mount_ns, CLONE_NEWNS) < 0)
        child_fail("failed", "can't enter container %s: %s", c->id, strerror(errno));
    int fd = openat(proc, "self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(own, CLONE_NEWNS) < 0)
        child_fail("failed", "can't read the mounts of %s: %s", c->id, strerror(errno));
    read_all(fd, &text);
    parse(text.data, text.data + text.length);
    buffer_free(&text);
    close(fd);
    close(own);
    close(proc);
}

bool is_mount_point(const char *path) {
    // Mounted by the first process.
    if (strcmp(path, "/proc") == 0)
        return true;
    for (size_t at = 0; at < paths.length; at += strlen(paths.data + at) + 1) {
        if (strcmp(paths.data + at, path) == 0)
            return true;
    }
    return false;
}

bool is_above_mount_point(const char *path) {
    size_t length = strlen(path);
    for (size_t at = 0; at < paths.length; at += strlen(paths.data + at) + 1) {
        if (strncmp(paths.data + at, path, length) == 0 && paths.data[at + length] == '/')
            return true;
    }
    return false;
}
