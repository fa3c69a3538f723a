// SPDX-License-Identifier: Apache-2.0
#include "pack.h"

#include "child.h"
#include "output.h"
#include "seen.h"
#include "tar.h"
#include "visit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_DEPTH = 512, MAX_NAMES = 64 * 1024, MAX_VALUE = 64 * 1024, READ_AT_ONCE = 64 * 1024 };

// Of the entry that is at work; its name is grown and cut back on the way through the folders.
static struct tar_entry entry;
static char name[TAR_MAX_NAME + 1];

static const char zeros[2 * TAR_BLOCK];

static void pack_folder(int fd, int depth);

// Those that mean something to a copy; not those of the file system's own making.
static bool is_kept(const char *attribute) {
    return strcmp(attribute, "security.capability") == 0 || strncmp(attribute, "user.", 5) == 0;
}

static void add_xattrs(int fd) {
    static char names[MAX_NAMES], value[MAX_VALUE];
    ssize_t length = flistxattr(fd, names, sizeof names);
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
        ssize_t size = is_kept(names + at) ? fgetxattr(fd, names + at, value, sizeof value) : -1;
        if (size >= 0 && !tar_add_xattr(&entry, names + at, value, (size_t)size))
            child_fail("failed", "%s has too many extended attributes", name);
    }
}

static void begin_entry(enum tar_type type, const struct stat *status) {
    tar_clear(&entry);
    entry.type = type;
    entry.mode = status->st_mode & 07777;
    entry.uid = status->st_uid;
    entry.gid = status->st_gid;
    entry.modified = status->st_mtim.tv_sec;
    snprintf(entry.name, sizeof entry.name, "%s", name);
}

static void write_header(void) {
    static struct buffer header = {.limit = TAR_MAX_EXTENDED + 8 * TAR_BLOCK};
    buffer_clear(&header);
    if (!tar_write_header(&entry, &header))
        child_fail("failed", "%s can't be described in a tar archive", name);
    output_add(header.data, header.length);
}

// Exactly as many bytes as the header says: what a file that grows gets meanwhile is left out.
static void pack_content(int fd) {
    static char bytes[READ_AT_ONCE];
    for (uint64_t left = entry.size; left > 0;) {
        ssize_t count = read(fd, bytes, left < sizeof bytes ? (size_t)left : sizeof bytes);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            visit_fail("read", name);
        if (count == 0)
            child_fail("failed", "%s became shorter while it was read", name);
        output_add(bytes, (size_t)count);
        left -= (uint64_t)count;
    }
    output_add(zeros, tar_padding(entry.size));
}

static void pack_file(int folder, const char *file) {
    struct stat status;
    // Nothing that took its place meanwhile can block.
    int fd = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return;
    if (fd < 0 || fstat(fd, &status) < 0)
        visit_fail("read", name);
    if (!S_ISREG(status.st_mode))
        child_fail("failed", "%s was replaced while it was read", name);
    begin_entry(TAR_FILE, &status);
    const char *other =
        status.st_nlink > 1 ? seen_before(status.st_dev, status.st_ino, name) : NULL;
    if (other) {
        entry.type = TAR_HARD_LINK;
        snprintf(entry.link, sizeof entry.link, "%s", other);
    } else {
        entry.size = (uint64_t)status.st_size;
        add_xattrs(fd);
    }
    write_header();
    if (!other)
        pack_content(fd);
    close(fd);
}

static void pack_link(int folder, const char *link, const struct stat *status) {
    begin_entry(TAR_SYMBOLIC_LINK, status);
    ssize_t length = readlinkat(folder, link, entry.link, sizeof entry.link - 1);
    if (length < 0 && errno == ENOENT)
        return;
    if (length < 0)
        visit_fail("read", name);
    entry.link[length] = '\0';
    write_header();
}

static void pack_node(enum tar_type type, const struct stat *status) {
    begin_entry(type, status);
    if (type != TAR_FIFO) {
        entry.major = major(status->st_rdev);
        entry.minor = minor(status->st_rdev);
    }
    write_header();
}

static void pack_folder_entry(int fd) {
    struct stat status;
    size_t length = strlen(name);
    if (fstat(fd, &status) < 0)
        visit_fail("read", name);
    if (length + 1 > TAR_MAX_NAME)
        child_fail("failed", "%s is nested too deep", name);
    memcpy(name + length, "/", 2);
    begin_entry(TAR_FOLDER, &status);
    name[length] = '\0';
    add_xattrs(fd);
    write_header();
}

static void pack_subfolder(int folder, const char *subfolder, int depth) {
    int fd = openat(folder, subfolder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return;
    if (fd < 0)
        visit_fail("read", name);
    pack_folder_entry(fd);
    pack_folder(fd, depth);
}

static void pack(int folder, const char *file, int depth) {
    struct stat status;
    if (fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno == ENOENT && depth > 0)
            return;
        visit_fail("read", name);
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        pack_file(folder, file);
        break;
    case S_IFDIR:
        pack_subfolder(folder, file, depth);
        break;
    case S_IFLNK:
        pack_link(folder, file, &status);
        break;
    case S_IFCHR:
        pack_node(TAR_CHARACTER_DEVICE, &status);
        break;
    case S_IFBLK:
        pack_node(TAR_BLOCK_DEVICE, &status);
        break;
    case S_IFIFO:
        pack_node(TAR_FIFO, &status);
        break;
    default:
        // A socket is of no use to a copy.
        break;
    }
}

// Takes the descriptor.
static void pack_folder(int fd, int depth) {
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
            pack_folder_entry(fd);
        pack_folder(fd, 0);
    } else {
        struct stat status;
        if (fstatat(place.folder, place.name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            visit_fail("find", place.path);
        pack(place.folder, place.name, 0);
    }
    output_add(zeros, sizeof zeros);
    output_flush();
}
