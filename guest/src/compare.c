// SPDX-License-Identifier: Apache-2.0
#include "compare.h"

#include "child.h"
#include "credentials.h"
#include "mount_points.h"
#include "rootfs.h"
#include "visit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_DEPTH = 512, MAX_CHANGES = 1000000 };

// Where an image is mounted to compare with.
#define IMAGE "/run/image"

// Reading the attributes of overlayfs takes the first.
static const uint64_t needed = UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_DAC_READ_SEARCH;

static change_teller *tell;

static char path[PATH_MAX];
static int count;

// How the container's files were made of the image's.
static enum {
    // Only what was changed is there, as overlayfs keeps it.
    LAYERED,
    // All is there.
    WHOLE,
    // The file system was a copy of the image's, with the same inodes.
    CLONED,
} origin;

// A folder at the current path: what the container has written there, and what the image has there,
// -1 for no folder.
struct pair {
    int upper, lower;
    // Nothing of the image is seen there.
    bool opaque;
};

static void report(enum change change, int folder, const char *name) {
    if (count++ == MAX_CHANGES)
        child_fail("failed", "there are more than %d changes", MAX_CHANGES);
    tell(change, path, folder, name);
}

static bool is_whiteout(const struct stat *status) {
    return origin == LAYERED && S_ISCHR(status->st_mode) && status->st_rdev == 0;
}

static bool is_opaque(int folder) {
    char value;
    return fgetxattr(folder, "trusted.overlay.opaque", &value, 1) == 1 && value == 'y';
}

static bool is_same_time(const struct timespec *a, const struct timespec *b) {
    // Some file systems know seconds only.
    return a->tv_sec == b->tv_sec &&
           (a->tv_nsec == b->tv_nsec || a->tv_nsec == 0 || b->tv_nsec == 0);
}

static bool is_same_kind(const struct stat *a, const struct stat *b) {
    return a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_gid == b->st_gid;
}

static bool is_same_folder(const struct stat *a, const struct stat *b) {
    return is_same_kind(a, b) &&
           // The agent makes what is mounted on.
           (is_above_mount_point(path) || is_same_time(&a->st_mtim, &b->st_mtim));
}

// Programs can set a file's time of modification, not that of its last change. But that also tells
// of other names, which have come or gone.
static bool is_same_inode(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && (a->st_nlink > 1 || b->st_nlink > 1 ||
                                      (a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
                                       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec));
}

// What overlayfs has is changed.
static bool is_same_file(const struct stat *a, const struct stat *b) {
    return origin != LAYERED && is_same_kind(a, b) && a->st_rdev == b->st_rdev &&
           a->st_size == b->st_size && is_same_time(&a->st_mtim, &b->st_mtim) &&
           (origin == WHOLE || is_same_inode(a, b));
}

// Opens a folder to list it; NULL when it has vanished.
static DIR *list(int folder, const char *name) {
    int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    if (!entries && errno != ENOENT)
        visit_fail("read", path);
    return entries;
}

static bool is_entry(const char *name) {
    return strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

// Makes the path that of an entry; `length` is that of its folder's.
static void go_to(size_t length, const char *name) {
    int added = snprintf(path + length, sizeof path - length, "/%s", name);
    if (added < 0 || (size_t)added >= sizeof path - length)
        child_fail("failed", "%s is nested too deep", path);
}

static bool compare_folder(DIR *upper, int lower, bool opaque, int depth);

// Returns whether something was reported.
static bool compare_entry(struct pair folder, const char *name, int depth) {
    struct stat now, before;
    // What is mounted hides what is below; the agent made that, or the image has it.
    if (is_mount_point(path) || fstatat(folder.upper, name, &now, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    bool known =
        folder.lower >= 0 && fstatat(folder.lower, name, &before, AT_SYMLINK_NOFOLLOW) == 0;
    if (is_whiteout(&now)) {
        if (known)
            report(CHANGE_DELETED, -1, name);
        return known;
    }
    bool is_folder = S_ISDIR(now.st_mode), was_folder = known && S_ISDIR(before.st_mode);
    if (known && !is_folder && is_same_file(&now, &before))
        return false;
    DIR *entries = is_folder ? list(folder.upper, name) : NULL;
    bool inside = false;
    if (entries) {
        int lower =
            was_folder ? openat(folder.lower, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                       : -1;
        inside = compare_folder(entries, lower, folder.opaque, depth + 1);
        if (lower >= 0)
            close(lower);
    }
    if (is_folder && !inside &&
        (was_folder ? is_same_folder(&now, &before) : !known && is_above_mount_point(path)))
        return false;
    report(known ? CHANGE_CHANGED : CHANGE_ADDED, folder.upper, name);
    return true;
}

// What the container has not written into an opaque folder is gone.
static bool compare_hidden(struct pair folder, size_t length) {
    bool reported = false;
    struct stat now;
    struct dirent *entry;
    DIR *entries = list(folder.lower, ".");
    while (entries && (entry = readdir(entries))) {
        if (!is_entry(entry->d_name))
            continue;
        go_to(length, entry->d_name);
        if (fstatat(folder.upper, entry->d_name, &now, AT_SYMLINK_NOFOLLOW) < 0 &&
            errno == ENOENT) {
            report(CHANGE_DELETED, -1, entry->d_name);
            reported = true;
        }
    }
    if (entries)
        closedir(entries);
    return reported;
}

// Closes `upper`. The path is the folder's, before and after.
static bool compare_folder(DIR *upper, int lower, bool opaque, int depth) {
    size_t length = strlen(path);
    bool reported = false;
    struct dirent *entry;
    struct pair folder = {.upper = dirfd(upper), .lower = lower};
    folder.opaque = opaque || is_opaque(folder.upper);
    if (depth == MAX_DEPTH)
        child_fail("failed", "%s is nested too deep", path);
    while ((entry = readdir(upper))) {
        if (!is_entry(entry->d_name))
            continue;
        go_to(length, entry->d_name);
        reported |= compare_entry(folder, entry->d_name, depth);
    }
    if (lower >= 0 && folder.opaque)
        reported |= compare_hidden(folder, length);
    path[length] = '\0';
    closedir(upper);
    return reported;
}

// The same file system has the same id, which is made of what mkfs gave it.
static bool is_clone(int a, int b) {
    struct statfs one, other;
    return fstatfs(a, &one) == 0 && fstatfs(b, &other) == 0 &&
           memcmp(&one.f_fsid, &other.f_fsid, sizeof one.f_fsid) == 0;
}

// Mounts the image that a container is compared with. Returns a handle.
static int open_image(const struct request *r, const struct container *c) {
    struct json json;
    if (!container_request(c, &json))
        child_fail("failed", "can't compare container %s: out of memory", c->id);
    if (json_get(&json, json_get(&json, json_root(&json), "root"), "layers"))
        return rootfs_layers(&json, json_root(&json));
    const struct json_value *image = json_get(&r->json, r->root, "image");
    if (!image)
        child_fail("unsupported",
                   "comparing container %s, whose root is not made of layers, without 'image'",
                   c->id);
    int path_only = rootfs_source(&r->json, image, IMAGE);
    int fd = openat(path_only, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        child_fail("failed", "can't open the image: %s", strerror(errno));
    close(path_only);
    origin = is_clone(fd, c->written) ? CLONED : WHOLE;
    return fd;
}

void compare_with_image(const struct request *r, const struct container *c,
                        change_teller *change_teller) {
    tell = change_teller;
    mount_points_read(c);
    if (unshare(CLONE_NEWNS) < 0)
        child_fail("failed", "can't compare container %s: %s", c->id, strerror(errno));
    rootfs_begin();
    int lower = open_image(r, c);
    DIR *upper = list(c->written, ".");
    capabilities_set(needed);
    if (upper)
        compare_folder(upper, lower, origin != LAYERED, 0);
    close(lower);
    // The image's disk is free when the reply comes.
    if (origin != LAYERED && umount(IMAGE) < 0)
        child_fail("failed", "can't unmount the image: %s", strerror(errno));
}
