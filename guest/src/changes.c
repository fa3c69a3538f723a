// SPDX-License-Identifier: Apache-2.0
#include "changes.h"

#include "cgroup.h"
#include "child.h"
#include "compare.h"
#include "output.h"
#include "pack_entry.h"
#include "tar.h"
#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// How long processes may take to halt; and how long nothing may go on while they are halted, as
// when the host has died.
enum { FREEZE_MILLIS = 10000, STALL_MILLIS = 20000 };

// Marks what is deleted in a layer, see image-spec layer.md.
static const char whiteout[] = ".wh.";

// The container's, to open folders by their paths.
static int root = -1;

// The folder whose entry, and those of all above it, were written last; absolute, empty for none.
static char written[PATH_MAX];

static void list(enum change change, const char *path, int folder, const char *name) {
    static const char *const letters[] = {"A", "C", "D"};
    (void)folder, (void)name;
    output_field(letters[change]);
    output_field(path);
}

void changes_list(const struct request *r, const struct container *c) {
    compare_with_image(r, c, list);
    output_flush();
}

static bool is_written(const char *path, size_t length) {
    return strncmp(written, path, length) == 0 && (written[length] == '/' || written[length] == '\0');
}

static void write_folder(const char *path) {
    struct open_how how = {.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    int fd = (int)syscall(SYS_openat2, root, path + 1, &how, sizeof how);
    // Vanished, with what it held.
    if (fd < 0 && errno == ENOENT)
        return;
    if (fd < 0)
        visit_fail("read", path);
    pack_folder(fd, path + 1);
    close(fd);
    strcpy(written, path);
}

// Archives are unpacked in their order: folders come ahead of what they hold.
static void write_folders_above(const char *path) {
    char above[PATH_MAX];
    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);
        if (is_written(path, length))
            continue;
        memcpy(above, path, length);
        above[length] = '\0';
        write_folder(above);
    }
}

static void write_deleted(const char *path, const char *name) {
    char mark[PATH_MAX + sizeof whiteout];
    int folder = (int)(strlen(path) - strlen(name));
    snprintf(mark, sizeof mark, "%.*s%s%s", folder, path, whiteout, name);
    pack_empty(mark + 1);
}

static void write_change(enum change change, const char *path, int folder, const char *name) {
    if (strncmp(name, whiteout, strlen(whiteout)) == 0)
        child_fail("failed",
                   "%s can't be in an image: in layers, names like that mark what is deleted", path);
    write_folders_above(path);
    if (change == CHANGE_DELETED)
        write_deleted(path, name);
    else if (pack_file(folder, name, path + 1) && !is_written(path, strlen(path)))
        write_folder(path);
}

void changes_layer(const struct request *r, const struct container *c) {
    if (json_bool(&r->json, r->root, "freeze", false)) {
        output_limit(STALL_MILLIS);
        if (!cgroup_await_frozen(c->cgroup, FREEZE_MILLIS))
            child_fail("failed", "the processes of container %s can't be halted", c->id);
    }
    root = c->written;
    compare_with_image(r, c, write_change);
    pack_end();
}
