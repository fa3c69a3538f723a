// SPDX-License-Identifier: Apache-2.0
#include "initial.h"

#include "child.h"
#include "network.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

// Docker's defaults (moby, oci/defaults.go).
static const char *const masked[] = {
    "/proc/asound",      "/proc/acpi",          "/proc/interrupts", "/proc/kcore",
    "/proc/keys",        "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
    "/proc/sched_debug", "/proc/scsi",          "/sys/firmware",    "/sys/devices/virtual/powercap",
};
static const char *const read_only[] = {
    "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

static void mask(const char *path) {
    struct stat status;
    if (stat(path, &status) < 0)
        return;
    int result =
        S_ISDIR(status.st_mode)
            ? mount("tmpfs", path, "tmpfs", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=0k")
            : mount("/dev/null", path, NULL, MS_BIND, NULL);
    if (result < 0)
        child_fail("failed", "can't hide %s: %s", path, strerror(errno));
}

static void protect(const char *path) {
    if (mount(path, path, NULL, MS_BIND | MS_REC, NULL) < 0) {
        if (errno == ENOENT)
            return;
        child_fail("failed", "can't protect %s: %s", path, strerror(errno));
    }
    if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
              NULL) < 0)
        child_fail("failed", "can't protect %s: %s", path, strerror(errno));
}

static void make_writable(const char *path) {
    if (mount(NULL, path, NULL, MS_REMOUNT | MS_BIND | MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        child_fail("failed", "can't make %s writable: %s", path, strerror(errno));
}

// Copies the device nodes of the machine into the container's /dev.
static void copy_nodes(void) {
    static const char all[] = "/dev/.machine";
    if (mkdir(all, 0700) < 0 || mount("devtmpfs", all, "devtmpfs", MS_NOSUID, NULL) < 0)
        child_fail("failed", "can't read the machine's devices: %s", strerror(errno));
    DIR *entries = opendir(all);
    struct dirent *entry;
    mode_t mask = umask(0);
    while (entries && (entry = readdir(entries))) {
        struct stat status;
        char path[sizeof "/dev/" + NAME_MAX];
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        if (fstatat(dirfd(entries), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)))
            (void)mknod(path, status.st_mode, status.st_rdev);
    }
    umask(mask);
    if (entries)
        closedir(entries);
    umount2(all, MNT_DETACH);
    rmdir(all);
}

static void set_sysctls(const struct container *c) {
    struct json json;
    if (!container_request(c, &json))
        child_fail("failed", "out of memory");
    const struct json_value *sysctls = json_get(&json, json_root(&json), "sysctls");
    for (const struct json_value *s = json_first(&json, sysctls); s; s = json_next(&json, s)) {
        if (!s->key || s->type != JSON_STRING)
            child_fail("invalid", "'sysctls' must be an object of strings");
        if (!sysctl_write(s->key, s->text))
            child_fail("invalid", "can't set sysctl %s to '%s': %s", s->key, s->text,
                       strerror(errno));
    }
}

// Files could be put into it until now.
static void seal_root(const struct container *c) {
    struct json json;
    if (!container_request(c, &json))
        child_fail("failed", "out of memory");
    const struct json_value *root = json_get(&json, json_root(&json), "root");
    if (json_bool(&json, root, "readOnly", false) && json_bool(&json, root, "sealAtStart", false) &&
        mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODEV, NULL) < 0)
        child_fail("failed", "can't make the root file system read-only: %s", strerror(errno));
}

void initial_process(const struct container *c, bool privileged) {
    if (mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        child_fail("failed", "can't mount /proc: %s", strerror(errno));
    set_sysctls(c);
    seal_root(c);
    if (privileged) {
        make_writable("/sys");
        make_writable("/sys/fs/cgroup");
        copy_nodes();
        return;
    }
    for (size_t i = 0; i < sizeof masked / sizeof *masked; i++)
        mask(masked[i]);
    for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++)
        protect(read_only[i]);
}
