// SPDX-License-Identifier: Apache-2.0
#include "visit.h"

#include "child.h"
#include "credentials.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
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

int visit_open(int folder, const char *path, int flags) {
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}
