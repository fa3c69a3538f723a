// SPDX-License-Identifier: Apache-2.0
#include "pack.h"

#include "child.h"
#include "pack_entry.h"
#include "tar.h"
#include "visit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_DEPTH = 512 };

// Of what is at work; grown and cut back on the way through the folders.
static char name[TAR_MAX_NAME + 1];

static void pack_content(int fd, int depth);

static void pack(int folder, const char *file, int depth) {
    if (!pack_file(folder, file, name))
        return;
    int fd = openat(folder, file, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return;
    if (fd < 0)
        visit_fail("read", name);
    pack_folder(fd, name);
    pack_content(fd, depth);
}

// What a folder holds. Takes the descriptor.
static void pack_content(int fd, int depth) {
    size_t length = strlen(name);
    DIR *entries = fdopendir(fd);
    struct dirent *item;
    if (!entries)
        visit_fail("read", name);
    if (depth == MAX_DEPTH)
        child_fail("failed", "%s is nested too deep", name);
    while (errno = 0, (item = readdir(entries))) {
        if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
            continue;
        int added =
            snprintf(name + length, sizeof name - length, "%s%s", length ? "/" : "", item->d_name);
        if (added < 0 || (size_t)added >= sizeof name - length)
            child_fail("failed", "%s is nested too deep", name);
        pack(fd, item->d_name, depth + 1);
        name[length] = '\0';
    }
    if (errno)
        visit_fail("read", name);
    closedir(entries);
}

void pack_archive(const struct request *r, const struct container *c) {
    struct place place;
    visit_container(c, VISIT_TO_READ, -1);
    visit_find(r, &place);
    if (!place.content)
        strcpy(name, place.name);
    if (place.follow) {
        int fd = visit_open(place.folder, place.name, O_RDONLY | O_DIRECTORY);
        if (fd < 0)
            visit_fail("read", place.path);
        if (!place.content)
            pack_folder(fd, name);
        pack_content(fd, 0);
    } else {
        struct stat status;
        if (fstatat(place.folder, place.name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            visit_fail("find", place.path);
        pack(place.folder, place.name, 0);
    }
    pack_end();
}

void pack_root(const struct request *r, const struct container *c) {
    (void)r;
    pack_content(visit_root(c), 0);
    pack_end();
}
