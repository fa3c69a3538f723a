// SPDX-License-Identifier: Apache-2.0
#include "unpack.h"

#include "child.h"
#include "files.h"
#include "tar.h"
#include "unpack_place.h"
#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { AT_ONCE = 64 * 1024 };

static struct tar_entry entry;
static bool owners;
static struct tar_reader reader;

static size_t read_stream(void *context, void *to, size_t length) {
    static char bytes[AT_ONCE];
    static size_t at, end;
    (void)context;
    if (at == end) {
        ssize_t count;
        do
            count = read(STDIN_FILENO, bytes, sizeof bytes);
        while (count < 0 && errno == EINTR);
        if (count < 0)
            child_fail("failed", "can't read from the stream: %s", strerror(errno));
        at = 0;
        end = (size_t)count;
    }
    size_t count = end - at < length ? end - at : length;
    memcpy(to, bytes + at, count);
    at += count;
    return count;
}

static uid_t user(void) {
    return owners ? entry.uid : 0;
}

static gid_t group(void) {
    return owners ? entry.gid : 0;
}

static void set_times(int folder, const char *name) {
    struct timespec times[2] = {{.tv_sec = entry.modified}, {.tv_sec = entry.modified}};
    // A time that the file system doesn't know is no reason to fail.
    (void)utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW);
}

static void set_xattrs(int fd) {
    const char *name;
    const void *value;
    size_t at = 0, length;
    while (tar_next_xattr(&entry, &at, &name, &value, &length)) {
        if (strcmp(name, "security.capability") == 0 || strncmp(name, "user.", 5) == 0)
            (void)fsetxattr(fd, name, value, length, 0);
    }
}

// The owner first: a change of owner takes away the bits for set-user-id and the capabilities.
static void set_attributes(int fd) {
    if (fchown(fd, user(), group()) < 0 || fchmod(fd, entry.mode) < 0)
        visit_fail("set owner and mode of", target_path());
    set_xattrs(fd);
}

static void write_content(int fd) {
    static char bytes[AT_ONCE];
    size_t count;
    while ((count = tar_read_content(&reader, bytes, sizeof bytes)) > 0) {
        if (!write_all(fd, bytes, count))
            visit_fail("write", target_path());
    }
    if (reader.error)
        child_fail("invalid", "the archive can't be unpacked: %s", reader.error);
}

static void unpack_file(const struct target *t) {
    int fd = target_create_file(t);
    write_content(fd);
    set_attributes(fd);
    close(fd);
    set_times(t->folder, t->name);
}

static void unpack_folder(const struct target *t) {
    int fd = target_create_folder(t);
    set_attributes(fd);
    close(fd);
    target_time_folder(entry.modified);
}

static void unpack_hard_link(const struct target *t, const struct target *other) {
    target_make_way(t, false);
    if (linkat(other->folder, other->name, t->folder, t->name, 0) < 0)
        visit_fail("make the link", target_path());
    close(other->folder);
}

static void unpack_other(const struct target *t) {
    mode_t kind = entry.type == TAR_FIFO               ? S_IFIFO
                  : entry.type == TAR_CHARACTER_DEVICE ? S_IFCHR
                                                       : S_IFBLK;
    target_make_way(t, false);
    int result = entry.type == TAR_SYMBOLIC_LINK
                     ? symlinkat(entry.link, t->folder, t->name)
                     : mknodat(t->folder, t->name, kind | (entry.mode & 0777),
                               makedev(entry.major, entry.minor));
    if (result < 0)
        visit_fail("make", target_path());
    if (fchownat(t->folder, t->name, user(), group(), AT_SYMLINK_NOFOLLOW) < 0)
        visit_fail("set the owner of", target_path());
    set_times(t->folder, t->name);
}

static void find(const char *name, struct target *t) {
    if (!target_find(name, t))
        child_fail("invalid", "the archive has the name '%s', which can't be one", name);
}

static void unpack_entry(void) {
    struct target t, other;
    if (entry.type == TAR_HARD_LINK)
        find(entry.link, &other);
    find(entry.name, &t);
    // The folder that all is unpacked in stays as it is.
    switch (t.name[0] == '\0' ? 0 : entry.type) {
    case 0:
        break;
    case TAR_FILE:
        unpack_file(&t);
        break;
    case TAR_FOLDER:
        unpack_folder(&t);
        break;
    case TAR_HARD_LINK:
        unpack_hard_link(&t, &other);
        break;
    default:
        unpack_other(&t);
    }
    close(t.folder);
}

void unpack_archive(const struct request *r, const struct container *c) {
    enum tar_result result;
    char rest[4096];
    owners = json_bool(&r->json, r->root, "owners", false);
    visit_container(c, VISIT_TO_WRITE, -1);
    targets_begin(r);
    reader.read = read_stream;
    while ((result = tar_read_header(&reader, &entry)) == TAR_ENTRY)
        unpack_entry();
    if (result == TAR_BAD)
        child_fail("invalid", "the archive can't be unpacked: %s", reader.error);
    targets_end();
    // What follows the end is taken as well, so that the host isn't cut off.
    while (read_stream(NULL, rest, sizeof rest) > 0)
        ;
}
