// SPDX-License-Identifier: Apache-2.0
#include "place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_openat2
#define SYS_openat2 437
#endif

// openat2(2); musl has no wrapper and no header for it.
static int open_beneath(int directory, const char *path) {
    struct {
        uint64_t flags, mode, resolve;
    } how = {O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0x08 | 0x04}; // RESOLVE_BENEATH, _NO_SYMLINKS
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

static bool is_component(const char *name) {
    if (name[0] && strcmp(name, ".") && strcmp(name, "..") && strlen(name) <= NAME_MAX)
        return true;
    errno = EINVAL;
    return false;
}

// Cuts the last component off `path` into `place->name`; the rest is the parent's path.
static bool cut_last(struct place *place, char *path) {
    char *slash = strrchr(path, '/');
    memmove(place->name, slash ? slash + 1 : path, strlen(slash ? slash + 1 : path) + 1);
    if (!slash)
        strcpy(path, ".");
    else if (slash == path)
        strcpy(path, "/");
    else
        *slash = '\0';
    return is_component(place->name);
}

bool place_find(struct place *place, const char *root, const char *path) {
    place->parent = AT_FDCWD;
    place->flags = O_CLOEXEC | O_NOCTTY;
    if (!path[0]) {
        strcpy(place->name, root);
        return true;
    }
    place->flags |= O_NOFOLLOW;
    char parent[PATH_LIMIT + 1];
    strcpy(parent, path);
    if (!cut_last(place, parent))
        return false;
    int base = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (base < 0)
        return false;
    place->parent = open_beneath(base, parent);
    int reason = errno;
    close(base);
    errno = reason;
    return place->parent >= 0;
}

bool place_split(struct place *place) {
    if (place->flags & O_NOFOLLOW)
        return true;
    char parent[PATH_LIMIT + 1];
    strcpy(parent, place->name);
    if (!cut_last(place, parent))
        return false;
    place->parent = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return place->parent >= 0;
}

void place_release(struct place *place) {
    if (place->parent >= 0)
        close(place->parent);
}
