// SPDX-License-Identifier: Apache-2.0
#include "inroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int inroot_open(int root, const char *path, int flags) {
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, root, *path ? path : "/", &how, sizeof how);
}

// True too if another container, which has the same volume, was faster.
static bool make_entry(int parent, const char *name, bool folder) {
    if (folder)
        return mkdirat(parent, name, 0755) == 0 || errno == EEXIST;
    int fd = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd >= 0)
        close(fd);
    return fd >= 0 || errno == EEXIST;
}

int inroot_make(int root, const char *path, bool folder) {
    char prefix[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof prefix) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int parent = inroot_open(root, "/", O_PATH | O_DIRECTORY);
    size_t at = 0;
    while (parent >= 0) {
        at += strspn(path + at, "/");
        size_t end = at + strcspn(path + at, "/");
        if (end == at)
            return parent;
        bool last = path[end + strspn(path + end, "/")] == '\0';
        char name[NAME_MAX + 1];
        if (end - at > NAME_MAX) {
            errno = ENAMETOOLONG;
            break;
        }
        memcpy(name, path + at, end - at);
        name[end - at] = '\0';
        memcpy(prefix, path, end);
        prefix[end] = '\0';
        int next = inroot_open(root, prefix, O_PATH);
        if (next < 0 && errno == ENOENT && make_entry(parent, name, folder || !last))
            next = inroot_open(root, prefix, O_PATH);
        int saved = errno;
        close(parent);
        errno = saved;
        parent = next;
        at = end;
    }
    if (parent >= 0)
        close(parent);
    return -1;
}

bool mount_on(const char *source, int target, const char *type, unsigned long flags,
              const char *options) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", target);
    return mount(source, path, type, flags, options) == 0;
}
