// SPDX-License-Identifier: Apache-2.0
#include "rootfs.h"

#include "child.h"
#include "copy.h"
#include "files.h"
#include "inroot.h"
#include "pod_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { TTY_GROUP = 5, MAX_MOUNTS = 256 };

// Where /dev and /sys are made before they move into the root.
#define DEV "/run/dev"
#define SYS "/run/sys"
// Beside a volume's folder: what it gets from the image, while it is being copied.
#define FILLING ".filling"

static void mount_new(const char *path, const char *type, unsigned long flags,
                      const char *options) {
    if ((mkdir(path, 0755) < 0 && errno != EEXIST) || mount(type, path, type, flags, options) < 0)
        child_fail("mount-failed", "can't mount %s on %s: %s", type, path, strerror(errno));
}

static void make_node(const char *name, unsigned major, unsigned minor) {
    char path[64];
    snprintf(path, sizeof path, DEV "/%s", name);
    if (mknod(path, S_IFCHR | 0666, makedev(major, minor)) < 0)
        child_fail("failed", "can't make /dev/%s: %s", name, strerror(errno));
}

static void make_link(const char *name, const char *target) {
    char path[64];
    snprintf(path, sizeof path, DEV "/%s", name);
    if (symlink(target, path) < 0)
        child_fail("failed", "can't make /dev/%s: %s", name, strerror(errno));
}

static void build_dev(bool pod_shm, uint64_t shm_size) {
    char options[64];
    mount_new(DEV, "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
    make_node("null", 1, 3);
    make_node("zero", 1, 5);
    make_node("full", 1, 7);
    make_node("random", 1, 8);
    make_node("urandom", 1, 9);
    make_node("tty", 5, 0);
    make_link("fd", "/proc/self/fd");
    make_link("stdin", "/proc/self/fd/0");
    make_link("stdout", "/proc/self/fd/1");
    make_link("stderr", "/proc/self/fd/2");
    make_link("ptmx", "pts/ptmx");
    snprintf(options, sizeof options, "newinstance,ptmxmode=0666,mode=0620,gid=%d", TTY_GROUP);
    mount_new(DEV "/pts", "devpts", MS_NOSUID | MS_NOEXEC, options);
    mount_new(DEV "/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    if (!pod_shm) {
        snprintf(options, sizeof options, "mode=1777,size=%llu", (unsigned long long)shm_size);
        mount_new(DEV "/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, options);
    } else if (mkdir(DEV "/shm", 0755) < 0 ||
               mount("/dev/shm", DEV "/shm", NULL, MS_BIND, NULL) < 0) {
        child_fail("mount-failed", "can't mount the pod's /dev/shm: %s", strerror(errno));
    }
}

void mounts_build(bool pod_shm, uint64_t shm_size) {
    static const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
    static const char *const read_only[] = {SYS "/fs/cgroup", SYS};
    umask(0);
    build_dev(pod_shm, shm_size);
    umask(022);
    mount_new(SYS, "sysfs", flags, NULL);
    mount_new(SYS "/fs/cgroup", "cgroup2", flags, NULL);
    // Only these mounts, not the file systems: a privileged container gets them back.
    for (size_t i = 0; i < sizeof read_only / sizeof *read_only; i++) {
        if (mount(NULL, read_only[i], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) < 0)
            child_fail("failed", "can't make %s read-only: %s", read_only[i], strerror(errno));
    }
}

// A folder of the container's root that must not be a link: what is mounted there matters for its
// isolation.
static int own_folder(int root, const char *path) {
    int fd = inroot_make(root, path, true);
    struct stat status;
    if (fd < 0 || fstatat(root, path + 1, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
        !S_ISDIR(status.st_mode))
        child_fail("mount-failed", "%s of the image can't be used as a folder", path);
    return fd;
}

static void attach(int root, const char *from, const char *path) {
    int target = own_folder(root, path);
    if (!mount_on(from, target, NULL, MS_MOVE, NULL))
        child_fail("mount-failed", "can't mount %s: %s", path, strerror(errno));
    close(target);
}

void mounts_attach(int root) {
    attach(root, DEV, "/dev");
    attach(root, SYS, "/sys");
    // Mounted by the container's first process, in its PID namespace.
    close(own_folder(root, "/proc"));
}

static void make_read_only(int root, const char *target, unsigned long flags) {
    // Opened anew: the handle that was mounted on stands for what lies below the mount.
    int place = inroot_open(root, target, O_PATH);
    if (place < 0 || !mount_on(NULL, place, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL))
        child_fail("mount-failed", "can't make the mount on %s read-only: %s", target,
                   strerror(errno));
    close(place);
}

static bool asks_for(const struct json *json, const struct json_value *create, const char *path) {
    const struct json_value *mounts = json_get(json, create, "mounts");
    for (const struct json_value *m = json_first(json, mounts); m; m = json_next(json, m)) {
        if (strcmp(json_string(json, m, "target", ""), path) == 0)
            return true;
    }
    return false;
}

static void mount_file(int root, const char *path, const char *name, const char *text) {
    char file[64];
    snprintf(file, sizeof file, "/run/%s", name);
    int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0 || !write_all(fd, text, strlen(text)))
        child_fail("failed", "can't write %s: %s", path, strerror(errno));
    close(fd);
    int target = inroot_make(root, path, false);
    if (target < 0 || !mount_on(file, target, NULL, MS_BIND, NULL))
        child_fail("mount-failed", "can't mount %s: %s", path, strerror(errno));
    close(target);
}

void mounts_files(int root, const struct json *json, const struct json_value *create,
                  const struct pod_files *files) {
    if (!asks_for(json, create, "/etc/hosts"))
        mount_file(root, "/etc/hosts", "hosts", files->hosts);
    if (!asks_for(json, create, "/etc/hostname"))
        mount_file(root, "/etc/hostname", "hostname", files->hostname);
    if (!asks_for(json, create, "/etc/resolv.conf"))
        mount_file(root, "/etc/resolv.conf", "resolv.conf", files->resolv_conf);
}

// The copy is made beside the volume's folder and takes its place when it is complete and on disk:
// a machine that ends in between leaves the volume empty.
static bool copy_into(int image, int disk, const char *name) {
    if (!remove_tree(disk, FILLING) || mkdirat(disk, FILLING, 0700) < 0)
        return false;
    int filling = openat(disk, FILLING, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool done = filling >= 0 && copy_folder(image, filling) &&
                (folder_is_empty(filling) || syncfs(filling) == 0) &&
                renameat(disk, FILLING, disk, name) == 0;
    int saved = errno;
    if (filling >= 0)
        close(filling);
    errno = saved;
    return done;
}

// Returns a handle to a volume's folder; if it shall be filled and is empty, it first gets what the
// image has in its place. Several containers may get the volume at the same time, so it is locked.
static int volume_folder(int root, const char *target, const char *folder, const char *name,
                         bool filled) {
    int disk = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (disk < 0 || flock(disk, LOCK_EX) < 0)
        child_fail("mount-failed", "volume on %s: %s", target, strerror(errno));
    int volume = inroot_open(disk, name, O_RDONLY | O_DIRECTORY);
    int image = inroot_open(root, target, O_RDONLY | O_DIRECTORY);
    if (filled && volume >= 0 && image >= 0 && folder_is_empty(volume) &&
        !copy_into(image, disk, name))
        child_fail("mount-failed", "can't fill the volume on %s from the image: %s", target,
                   strerror(errno));
    close_fd(&volume);
    close_fd(&image);
    volume = inroot_open(disk, name, O_PATH);
    close(disk);
    return volume;
}

static void mount_source(int root, const struct json *json, const struct json_value *mount,
                         const char *target, int number) {
    char folder[32], path[32];
    snprintf(folder, sizeof folder, "/run/v%d", number);
    int source = rootfs_source(json, mount, folder);
    const char *name = json_string(json, mount, "subdir", "/");
    bool filled = json_bool(json, mount, "populate", false);
    if (json_string(json, mount, "disk", NULL) && name[0] && !strchr(name, '/')) {
        close(source);
        source = volume_folder(root, target, folder, name, filled);
    } else if (filled) {
        child_fail("invalid", "'populate' needs a disk, and a name as 'subdir', not '%s'", name);
    }
    struct stat status;
    if (source < 0 || fstat(source, &status) < 0)
        child_fail("mount-failed", "mount on %s: %s", target, strerror(errno));
    bool is_folder = S_ISDIR(status.st_mode);
    int place = inroot_make(root, target, is_folder);
    snprintf(path, sizeof path, "/proc/self/fd/%d", source);
    if (place < 0 || !mount_on(path, place, NULL, MS_BIND, NULL))
        child_fail("mount-failed", "can't mount on %s: %s", target, strerror(errno));
    close(place);
    close(source);
}

// Returns the flags that it was mounted with.
static unsigned long mount_tmpfs(int root, const struct json *json, const struct json_value *mount,
                                 const char *target) {
    char options[128];
    unsigned long flags = (json_bool(json, mount, "exec", false) ? 0 : MS_NOEXEC) |
                          (json_bool(json, mount, "suid", false) ? 0 : MS_NOSUID) |
                          (json_bool(json, mount, "dev", false) ? 0 : MS_NODEV);
    uint64_t mode = json_number(json, mount, "mode", 01777);
    int length = snprintf(options, sizeof options, "mode=%o,uid=%u,gid=%u",
                          (unsigned)(mode & 07777), (unsigned)json_number(json, mount, "uid", 0),
                          (unsigned)json_number(json, mount, "gid", 0));
    uint64_t size = json_number(json, mount, "size", 0);
    if (size > 0)
        snprintf(options + length, sizeof options - (size_t)length, ",size=%llu",
                 (unsigned long long)size);
    int place = inroot_make(root, target, true);
    if (place < 0 || !mount_on("tmpfs", place, "tmpfs", flags, options))
        child_fail("mount-failed", "can't mount a tmpfs on %s: %s", target, strerror(errno));
    close(place);
    return flags;
}

static bool below_proc(const char *target) {
    target += strspn(target, "/");
    return strncmp(target, "proc", 4) == 0 && (target[4] == '\0' || target[4] == '/');
}

void mounts_asked(int root, const struct json *json, const struct json_value *create) {
    const struct json_value *mounts = json_get(json, create, "mounts");
    int number = 0;
    for (const struct json_value *m = json_first(json, mounts); m; m = json_next(json, m)) {
        const char *target = json_string(json, m, "target", "");
        const char *type = json_string(json, m, "type", "");
        if (target[0] != '/' || below_proc(target) || number++ == MAX_MOUNTS)
            child_fail("invalid",
                       "mount on '%s': the target must be an absolute path outside /proc"
                       " and there may be %d mounts",
                       target, MAX_MOUNTS);
        unsigned long flags = MS_NODEV;
        if (strcmp(type, "tmpfs") == 0)
            flags = mount_tmpfs(root, json, m, target);
        else
            mount_source(root, json, m, target, number);
        if (json_bool(json, m, "readOnly", false))
            make_read_only(root, target, flags);
    }
}
