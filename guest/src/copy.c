// SPDX-License-Identifier: Apache-2.0
#include "copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { MAX_DEPTH = 256, COPY_AT_ONCE = 1 << 20, MAX_XATTR = 65536 };

static bool copy_children(int from, int to, dev_t device, int depth);

static bool skipped(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

bool folder_is_empty(int folder) {
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    bool empty = entries != NULL;
    struct dirent *entry;
    while (empty && (entry = readdir(entries)))
        empty = skipped(entry->d_name) || strcmp(entry->d_name, "lost+found") == 0;
    if (entries)
        closedir(entries);
    return empty;
}

static void copy_xattrs(int from, int to) {
    static char names[MAX_XATTR], value[MAX_XATTR];
    ssize_t length = flistxattr(from, names, sizeof names);
    for (ssize_t at = 0; at < length; at += (ssize_t)strlen(names + at) + 1) {
        ssize_t size = fgetxattr(from, names + at, value, sizeof value);
        // A file system without this kind of attribute is no reason to fail.
        if (size >= 0)
            (void)fsetxattr(to, names + at, value, (size_t)size, 0);
    }
}

// Owner first: a change of owner clears the set-user-id bits.
static bool copy_attributes(int from, int to, const struct stat *status) {
    struct timespec times[2] = {status->st_atim, status->st_mtim};
    if (fchown(to, status->st_uid, status->st_gid) < 0 || fchmod(to, status->st_mode & 07777) < 0)
        return false;
    copy_xattrs(from, to);
    return futimens(to, times) == 0;
}

static bool copy_file(int from, int to, const char *name, const struct stat *status) {
    int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    int out = openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool done = in >= 0 && out >= 0;
    while (done) {
        ssize_t count = sendfile(out, in, NULL, COPY_AT_ONCE);
        if (count == 0)
            break;
        done = count > 0;
    }
    done = done && copy_attributes(in, out, status);
    int saved = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    errno = saved;
    return done;
}

static bool copy_subfolder(int from, int to, const char *name, const struct stat *status,
                           dev_t device, int depth) {
    if (status->st_dev != device)
        return true;
    if (mkdirat(to, name, 0700) < 0 && errno != EEXIST)
        return false;
    int in = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int out = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool done = in >= 0 && out >= 0 && copy_children(in, out, device, depth + 1) &&
                copy_attributes(in, out, status);
    int saved = errno;
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    errno = saved;
    return done;
}

static bool copy_link(int from, int to, const char *name) {
    char text[PATH_MAX];
    ssize_t length = readlinkat(from, name, text, sizeof text - 1);
    if (length < 0)
        return false;
    text[length] = '\0';
    return symlinkat(text, to, name) == 0;
}

static bool copy_entry(int from, int to, const char *name, dev_t device, int depth) {
    struct stat status;
    if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    if (S_ISREG(status.st_mode))
        return copy_file(from, to, name, &status);
    if (S_ISDIR(status.st_mode))
        return copy_subfolder(from, to, name, &status, device, depth);
    bool done = S_ISLNK(status.st_mode) ? copy_link(from, to, name)
                                        : mknodat(to, name, status.st_mode, status.st_rdev) == 0;
    return done && fchownat(to, name, status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) == 0 &&
           (S_ISLNK(status.st_mode) || fchmodat(to, name, status.st_mode & 07777, 0) == 0);
}

static bool copy_children(int from, int to, dev_t device, int depth) {
    if (depth > MAX_DEPTH) {
        errno = ELOOP;
        return false;
    }
    int fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    if (!entries)
        return false;
    bool done = true;
    struct dirent *entry;
    while (done && (entry = readdir(entries))) {
        if (!skipped(entry->d_name))
            done = copy_entry(from, to, entry->d_name, device, depth);
    }
    int saved = errno;
    closedir(entries);
    errno = saved;
    return done;
}

static bool remove_entry(int parent, const char *name, int depth) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR || depth > MAX_DEPTH)
        return false;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd >= 0 ? fdopendir(fd) : NULL;
    if (!entries)
        return false;
    bool done = true;
    struct dirent *entry;
    while (done && (entry = readdir(entries))) {
        if (!skipped(entry->d_name))
            done = remove_entry(fd, entry->d_name, depth + 1);
    }
    closedir(entries);
    return done && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

bool remove_tree(int parent, const char *name) {
    return remove_entry(parent, name, 0);
}

bool copy_folder(int from, int to) {
    struct stat status;
    return fstat(from, &status) == 0 && copy_children(from, to, status.st_dev, 0) &&
           copy_attributes(from, to, &status);
}
