// SPDX-License-Identifier: Apache-2.0
#include "visit.h"

#include "child.h"
#include "credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_STACKED = 16 };

#define BIT(number) (UINT64_C(1) << (number))

static const uint64_t reader = BIT(CAP_DAC_READ_SEARCH);
static const uint64_t writer = BIT(CAP_DAC_READ_SEARCH) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_CHOWN) |
                               BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_MKNOD) |
                               BIT(CAP_SETFCAP);

// The kernel's file systems are no part of the container's files, and links in /proc lead anywhere.
static void hide_kernel_files(void) {
    static const char *const hidden[] = {"/proc", "/sys", "/dev"};
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++) {
        int count = 0;
        while (umount2(hidden[i], MNT_DETACH | UMOUNT_NOFOLLOW) == 0 && count < MAX_STACKED)
            count++;
    }
}

void visit_container(const struct container *c, enum visit purpose, int kept) {
    // In a copy of the container's mount namespace, where nothing that is done here is seen there.
    if (setns(c->mount_ns, CLONE_NEWNS) < 0 || unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        child_fail("failed", "can't enter container %s: %s", c->id, strerror(errno));
    hide_kernel_files();
    child_keep_only(&kept, 1);
    umask(0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        child_fail("failed", "no-new-privileges: %s", strerror(errno));
    capabilities_set(purpose == VISIT_TO_WRITE ? writer : reader);
}

int visit_root(const struct container *c) {
    if (setns(c->mount_ns, CLONE_NEWNS) < 0)
        child_fail("failed", "can't enter container %s: %s", c->id, strerror(errno));
    // A mount of its own, without those below it.
    int handle = (int)syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
    int fd = handle >= 0 ? openat(handle, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd < 0)
        child_fail("failed", "can't open the root of container %s: %s", c->id, strerror(errno));
    child_keep_only(&fd, 1);
    capabilities_set(reader);
    return fd;
}

int visit_open(int folder, const char *path, int flags) {
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

_Noreturn void visit_fail(const char *verb, const char *path) {
    const char *code = "failed";
    switch (errno) {
    case ENOENT:
    case ENOTDIR:
        code = "no-file";
        break;
    case ELOOP:
    case ENAMETOOLONG:
        code = "invalid";
        break;
    case EROFS:
        code = "conflict";
        break;
    }
    child_fail(code, "can't %s %s: %s", verb, path, strerror(errno));
}

void visit_find(const struct request *r, struct place *place) {
    const char *path = json_string(&r->json, r->root, "path", "");
    char folder[PATH_MAX];
    size_t end = strlen(path);
    if (path[0] != '/' || end >= sizeof folder)
        child_fail("invalid", "'%s' is not an absolute path of at most %d bytes", path,
                   PATH_MAX - 1);
    *place = (struct place){.path = path, .folder = -1, .name = "."};
    while (end > 1 && (path[end - 1] == '/' || (path[end - 1] == '.' && path[end - 2] == '/'))) {
        place->follow = true;
        place->content = place->content || path[end - 1] == '.';
        end--;
    }
    size_t start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    size_t length = end - start;
    if (length > NAME_MAX || (length == 2 && memcmp(path + start, "..", 2) == 0))
        child_fail("invalid", "the path %s doesn't end with the name of a file", path);
    if (length > 0) {
        memcpy(place->name, path + start, length);
        place->name[length] = '\0';
    } else {
        place->content = place->follow = true;
    }
    memcpy(folder, path, start ? start : 1);
    folder[start ? start : 1] = '\0';
    place->folder = visit_open(AT_FDCWD, folder, O_PATH | O_DIRECTORY);
    if (place->folder < 0)
        visit_fail("find", path);
}
