// SPDX-License-Identifier: Apache-2.0
#include "pack_entry.h"

#include "child.h"
#include "output.h"
#include "seen.h"
#include "tar.h"
#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_NAMES = 64 * 1024, MAX_VALUE = 64 * 1024, READ_AT_ONCE = 64 * 1024 };

// That which is at work.
static struct tar_entry entry;

static const char zeros[2 * TAR_BLOCK];

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
            child_fail("failed", "%s has too many extended attributes", entry.name);
    }
}

static void begin_entry(enum tar_type type, const char *name) {
    tar_clear(&entry);
    int length = snprintf(entry.name, sizeof entry.name, "%s%s", name, type == TAR_FOLDER ? "/" : "");
    if (length < 0 || (size_t)length >= sizeof entry.name)
        child_fail("failed", "%s is nested too deep", name);
    entry.type = type;
}

static void describe(const struct stat *status) {
    entry.mode = status->st_mode & 07777;
    entry.uid = status->st_uid;
    entry.gid = status->st_gid;
    entry.modified = status->st_mtim.tv_sec;
}

static void write_header(void) {
    static struct buffer header = {.limit = TAR_MAX_EXTENDED + 8 * TAR_BLOCK};
    buffer_clear(&header);
    if (!tar_write_header(&entry, &header))
        child_fail("failed", "%s can't be described in a tar archive", entry.name);
    output_add(header.data, header.length);
}

// Exactly as many bytes as the header says: what a file that grows gets meanwhile is left out.
static void pack_content(int fd, const char *name, uint64_t size) {
    static char bytes[READ_AT_ONCE];
    for (uint64_t left = size; left > 0;) {
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
    output_add(zeros, tar_padding(size));
}

static void pack_regular(int folder, const char *file, const char *name) {
    struct stat status;
    // Nothing that took its place meanwhile can block.
    int fd = openat(folder, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return;
    if (fd < 0 || fstat(fd, &status) < 0)
        visit_fail("read", name);
    if (!S_ISREG(status.st_mode))
        child_fail("failed", "%s was replaced while it was read", name);
    const char *other =
        status.st_nlink > 1 ? seen_before(status.st_dev, status.st_ino, name) : NULL;
    begin_entry(other ? TAR_HARD_LINK : TAR_FILE, name);
    describe(&status);
    if (other) {
        snprintf(entry.link, sizeof entry.link, "%s", other);
    } else {
        entry.size = (uint64_t)status.st_size;
        add_xattrs(fd);
    }
    write_header();
    if (!other)
        pack_content(fd, name, (uint64_t)status.st_size);
    close(fd);
}

static void pack_link(int folder, const char *link, const char *name, const struct stat *status) {
    begin_entry(TAR_SYMBOLIC_LINK, name);
    describe(status);
    ssize_t length = readlinkat(folder, link, entry.link, sizeof entry.link - 1);
    if (length < 0 && errno == ENOENT)
        return;
    if (length < 0)
        visit_fail("read", name);
    entry.link[length] = '\0';
    write_header();
}

static void pack_node(enum tar_type type, const char *name, const struct stat *status) {
    begin_entry(type, name);
    describe(status);
    if (type != TAR_FIFO) {
        entry.major = major(status->st_rdev);
        entry.minor = minor(status->st_rdev);
    }
    write_header();
}

bool pack_file(int folder, const char *file, const char *name) {
    struct stat status;
    if (fstatat(folder, file, &status, AT_SYMLINK_NOFOLLOW) < 0) {
        if (errno != ENOENT)
            visit_fail("read", name);
        return false;
    }
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        pack_regular(folder, file, name);
        break;
    case S_IFDIR:
        return true;
    case S_IFLNK:
        pack_link(folder, file, name, &status);
        break;
    case S_IFCHR:
        pack_node(TAR_CHARACTER_DEVICE, name, &status);
        break;
    case S_IFBLK:
        pack_node(TAR_BLOCK_DEVICE, name, &status);
        break;
    case S_IFIFO:
        pack_node(TAR_FIFO, name, &status);
        break;
    default:
        // A socket is of no use to a copy.
        break;
    }
    return false;
}

void pack_folder(int fd, const char *name) {
    struct stat status;
    if (fstat(fd, &status) < 0)
        visit_fail("read", name);
    begin_entry(TAR_FOLDER, name);
    describe(&status);
    add_xattrs(fd);
    write_header();
}

void pack_empty(const char *name) {
    begin_entry(TAR_FILE, name);
    write_header();
}

void pack_end(void) {
    output_add(zeros, sizeof zeros);
    output_flush();
}
