// SPDX-License-Identifier: Apache-2.0
#include "changes.h"

#include "child.h"
#include "credentials.h"
#include "mount_points.h"
#include "output.h"
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
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_DEPTH = 512, MAX_CHANGES = 1000000 };

// Reading the attributes of overlayfs takes the first.
static const uint64_t needed = UINT64_C(1) << CAP_SYS_ADMIN | UINT64_C(1) << CAP_DAC_READ_SEARCH;

static char path[PATH_MAX];
static int count;

// A folder at the current path: what the container has written there, and what the image has there,
// -1 for no folder.
struct pair {
    int upper, lower;
    // Nothing of the image is seen there.
    bool opaque;
};

static void report(const char *kind) {
    if (count++ == MAX_CHANGES)
        child_fail("failed", "there are more than %d changes", MAX_CHANGES);
    output_field(kind);
    output_field(path);
}

static bool is_whiteout(const struct stat *status) {
    return S_ISCHR(status->st_mode) && status->st_rdev == 0;
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

static bool is_same_folder(const struct stat *a, const struct stat *b) {
    return a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_gid == b->st_gid &&
           // The agent makes what is mounted on.
           (is_above_mount_point(path) || is_same_time(&a->st_mtim, &b->st_mtim));
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
            report("D");
        return known;
    }
    bool is_folder = S_ISDIR(now.st_mode), was_folder = known && S_ISDIR(before.st_mode);
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
    report(known ? "C" : "A");
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
            report("D");
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

void changes_list(const struct request *r, const struct container *c) {
    (void)r;
    struct json json;
    if (c->upper < 0)
        child_fail("unsupported",
                   "comparing with the image: the root of container %s is not made of layers",
                   c->id);
    mount_points_read(c);
    if (unshare(CLONE_NEWNS) < 0 || !container_request(c, &json))
        child_fail("failed", "can't compare container %s: %s", c->id, strerror(errno));
    rootfs_begin();
    int lower = rootfs_layers(&json, json_root(&json));
    DIR *upper = list(c->upper, ".");
    capabilities_set(needed);
    if (upper)
        compare_folder(upper, lower, false, 0);
    output_flush();
}
