// SPDX-License-Identifier: Apache-2.0
#include "unpack_place.h"

#include "child.h"
#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FOLDERS = 128 };

static int top = -1;
static const char *top_path;

// Names of the current entry, relative to the folder that all is unpacked in; without "." and
// double slashes.
static char current[PATH_MAX];

// Folders whose times are to be set, each within the one before it.
static struct {
    char path[PATH_MAX];
    int64_t modified;
} folders[MAX_FOLDERS];
static int folder_count;

void targets_begin(const struct request *r) {
    struct place place;
    visit_find(r, &place);
    top_path = place.path;
    top = visit_open(place.folder, place.name, O_PATH | O_DIRECTORY);
    if (top < 0 && errno == ENOTDIR)
        child_fail("invalid", "%s is not a folder", top_path);
    if (top < 0)
        visit_fail("find", top_path);
}

const char *target_path(void) {
    static char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s%s%s", top_path,
             top_path[strlen(top_path) - 1] == '/' ? "" : "/", current);
    return path;
}

// Copies the name in its plain form. False when it leads upwards or is too long.
static bool clean(const char *name) {
    size_t length = 0;
    while (*name) {
        size_t part = strcspn(name, "/");
        bool none = part == 0 || (part == 1 && name[0] == '.');
        if (part == 2 && memcmp(name, "..", 2) == 0)
            return false;
        if (!none) {
            if (part > NAME_MAX || length + part + 2 > sizeof current)
                return false;
            if (length > 0)
                current[length++] = '/';
            memcpy(current + length, name, part);
            length += part;
        }
        name += part + (name[part] == '/');
    }
    current[length] = '\0';
    return true;
}

// A handle to a folder in a folder; a link is followed, as long as it leads to a folder.
static int step(int folder, const char *name) {
    int next = visit_open(folder, name, O_PATH | O_DIRECTORY);
    if (next < 0 && errno == ENOENT) {
        // What is there and was not found is a link that leads nowhere.
        if (mkdirat(folder, name, 0755) == 0)
            next = visit_open(folder, name, O_PATH | O_DIRECTORY);
        else if (errno == EEXIST)
            errno = ENOENT;
    }
    if (next < 0)
        visit_fail("enter the folder of", target_path());
    close(folder);
    return next;
}

static void set_times(int count) {
    while (folder_count > count) {
        struct timespec times[2];
        folder_count--;
        times[0] = times[1] = (struct timespec){.tv_sec = folders[folder_count].modified};
        int fd = visit_open(top, folders[folder_count].path, O_RDONLY | O_DIRECTORY);
        if (fd >= 0) {
            (void)futimens(fd, times);
            close(fd);
        }
    }
}

// Folders that the current entry isn't in are complete, as archives go.
static void leave_folders(void) {
    int count = 0;
    while (count < folder_count) {
        size_t length = strlen(folders[count].path);
        if (strncmp(current, folders[count].path, length) != 0 || current[length] != '/')
            break;
        count++;
    }
    set_times(count);
}

bool target_find(const char *name, struct target *t) {
    struct stat status;
    if (!clean(name))
        return false;
    int folder = fcntl(top, F_DUPFD_CLOEXEC, 3);
    const char *part = current;
    for (const char *slash = strchr(part, '/'); slash; slash = strchr(part, '/')) {
        memcpy(t->name, part, (size_t)(slash - part));
        t->name[slash - part] = '\0';
        folder = step(folder, t->name);
        part = slash + 1;
    }
    strcpy(t->name, part);
    t->folder = folder;
    t->kind = 0;
    if (*part && fstatat(folder, part, &status, AT_SYMLINK_NOFOLLOW) == 0)
        t->kind = status.st_mode & S_IFMT;
    return true;
}

void target_make_way(const struct target *t, bool folder) {
    leave_folders();
    if (t->kind == 0 || (folder && t->kind == S_IFDIR))
        return;
    if (t->kind == S_IFDIR || folder)
        child_fail("conflict", "%s is %s folder; the archive has %s in its place", target_path(),
                   folder ? "no" : "a", folder ? "one" : "something else");
    if (unlinkat(t->folder, t->name, 0) < 0 && errno != ENOENT)
        visit_fail("replace", target_path());
}

int target_create_file(const struct target *t) {
    struct stat status;
    int fd = -1;
    // Where something is mounted on it, it can't be replaced, but perhaps written.
    if (t->kind == S_IFREG && unlinkat(t->folder, t->name, 0) < 0 &&
        (errno == EBUSY || errno == EROFS)) {
        leave_folders();
        fd = openat(t->folder, t->name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
            visit_fail("write", target_path());
        return fd;
    }
    target_make_way(t, false);
    fd = openat(t->folder, t->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        visit_fail("write", target_path());
    return fd;
}

int target_create_folder(const struct target *t) {
    target_make_way(t, true);
    if (t->kind == 0 && mkdirat(t->folder, t->name, 0700) < 0 && errno != EEXIST)
        visit_fail("make the folder", target_path());
    int fd = openat(t->folder, t->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        visit_fail("open the folder", target_path());
    return fd;
}

void target_time_folder(int64_t modified) {
    // A folder that is deeper than that gets the time of its unpacking.
    if (folder_count == MAX_FOLDERS)
        return;
    strcpy(folders[folder_count].path, current);
    folders[folder_count++].modified = modified;
}

void targets_end(void) {
    set_times(0);
}
