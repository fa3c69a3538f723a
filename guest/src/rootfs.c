// SPDX-License-Identifier: Apache-2.0
#include "rootfs.h"

#include "buffer.h"
#include "child.h"
#include "devices.h"
#include "inroot.h"
#include "loop.h"
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// Everything is put together here; the names are short because all layers have to fit into one page
// of options.
#define WORK "/run"
#define LAYERS WORK "/l"
#define WRITABLE WORK "/w"
#define ROOT WORK "/root"

enum { DEFAULT_WAIT_MS = 10000, MOMENT_MS = 50, MAX_LAYERS = 250 };

// The folder that the container writes to.
static int written = -1;

static int device_wait(const struct json *json) {
    return (int)(json_number(json, json_root(json), "timeoutMillis", DEFAULT_WAIT_MS) & 0x7fffffff);
}

static void make_folder(const char *path) {
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        child_fail("failed", "can't make the folder %s: %s", path, strerror(errno));
}

static void mount_or_fail(const char *what, const char *source, const char *target,
                          const char *type, unsigned long flags, const char *options) {
    module_load(type);
    if (mount(source, target, type, flags, options) < 0)
        child_fail("mount-failed", "can't mount %s (%s, %s): %s", what, source, type,
                   strerror(errno));
}

static void await_disk(const struct json *json, const char *serial, uint64_t size,
                       char path[DEVICE_PATH]) {
    if (!device_await_disk(serial, size, device_wait(json), path))
        child_fail("no-device", "no disk with serial number '%s' and at least %llu bytes", serial,
                   (unsigned long long)size);
}

static bool number_of(const struct json *json, const struct json_value *object, const char *key,
                      uint64_t *result) {
    return json_as_number(json_get(json, object, key), result);
}

// Where the last layer on a disk ends.
static uint64_t layers_end(const struct json *json, const struct json_value *extents,
                           const char *disk) {
    uint64_t end = 0, offset, size;
    for (const struct json_value *e = json_first(json, extents); e; e = json_next(json, e)) {
        const char *its_disk = json_string(json, e, "disk", NULL);
        if (!its_disk || !number_of(json, e, "offset", &offset) ||
            !number_of(json, e, "size", &size) || size > UINT64_MAX - offset)
            child_fail("invalid", "each extent of root.layers needs 'disk', 'offset' and 'size'");
        if (strcmp(its_disk, disk) == 0 && offset + size > end)
            end = offset + size;
    }
    return end;
}

// Mounts each layer under its number. Returns how many there are.
static int mount_layers(const struct json *json, const struct json_value *layers) {
    const struct json_value *extents = json_get(json, layers, "extents");
    if (!extents || extents->type != JSON_ARRAY || extents->count == 0 ||
        extents->count > MAX_LAYERS)
        child_fail("invalid", "root.layers needs 1 to %d 'extents'", MAX_LAYERS);
    char disk[DEVICE_PATH], partition[DEVICE_PATH], target[32];
    const char *serial = NULL;
    int count = 0;
    for (const struct json_value *e = json_first(json, extents); e; e = json_next(json, e)) {
        const char *wanted = json_string(json, e, "disk", "");
        if (!serial || strcmp(serial, wanted) != 0) {
            serial = wanted;
            await_disk(json, serial, layers_end(json, extents, serial), disk);
        }
        uint64_t offset = json_number(json, e, "offset", 0);
        uint64_t size = json_number(json, e, "size", 0);
        // A file system knows its own end; so a disk with nothing else on it needs no partition.
        if (offset == 0 && size == layers_end(json, extents, serial))
            strcpy(partition, disk);
        else if (!device_partition(disk, offset, size, partition))
            child_fail("mount-failed",
                       "disk '%s' has no room for a layer of %llu bytes at %llu: %s", serial,
                       (unsigned long long)size, (unsigned long long)offset, strerror(errno));
        snprintf(target, sizeof target, LAYERS "/%d", count++);
        make_folder(target);
        mount_or_fail("a layer", partition, target, json_string(json, e, "fstype", "erofs"),
                      MS_RDONLY | MS_NODEV, NULL);
    }
    return count;
}

static void mount_writable(const struct json *json, const struct json_value *writable) {
    const char *serial = json_string(json, writable, "disk", NULL);
    make_folder(WRITABLE);
    if (serial) {
        char disk[DEVICE_PATH];
        await_disk(json, serial, 0, disk);
        mount_or_fail("the writable disk", disk, WRITABLE,
                      json_string(json, writable, "fstype", "ext4"), MS_NODEV, NULL);
    } else {
        char options[64] = "mode=755";
        uint64_t size;
        if (number_of(json, writable, "tmpfs", &size))
            snprintf(options, sizeof options, "mode=755,size=%llu", (unsigned long long)size);
        mount_or_fail("the writable layer", "tmpfs", WRITABLE, "tmpfs", MS_NODEV, options);
    }
    make_folder(WRITABLE "/upper");
    make_folder(WRITABLE "/work");
}

static void stack(int count, const char *writable) {
    struct buffer options;
    buffer_init(&options, 4096);
    buffer_text(&options, "lowerdir=");
    while (count-- > 0)
        buffer_format(&options, "%d%s", count, count ? ":" : "");
    buffer_text(&options, writable);
    buffer_add(&options, "", 1);
    if (options.overflow || chdir(LAYERS) < 0)
        child_fail("invalid", "too many layers");
    mount_or_fail("the root file system", "overlay", ROOT, "overlay", MS_NODEV, options.data);
    buffer_free(&options);
    if (chdir("/") < 0)
        child_fail("failed", "chdir: %s", strerror(errno));
}

static void mount_overlay(const struct json *json, const struct json_value *root,
                          const struct json_value *layers) {
    make_folder(LAYERS);
    int count = mount_layers(json, layers);
    mount_writable(json, json_get(json, root, "writable"));
    stack(count, ",upperdir=../w/upper,workdir=../w/work");
    written = open(WRITABLE "/upper", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (written < 0)
        child_fail("failed", "can't open the writable layer: %s", strerror(errno));
}

int rootfs_layers(const struct json *json, const struct json_value *create) {
    make_folder(LAYERS);
    int count = mount_layers(json, json_get(json, json_get(json, create, "root"), "layers"));
    // One alone can't be stacked, and need not be.
    if (count > 1)
        stack(count, "");
    int fd = open(count > 1 ? ROOT : LAYERS "/0", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        child_fail("failed", "can't open the layers: %s", strerror(errno));
    return fd;
}

// One plugged in just now is known by its tag a moment later, when its driver has taken it.
static void mount_share(const struct json *json, const char *tag, const char *folder) {
    const char *type = "virtiofs";
    module_load(type);
    if (mount(tag, folder, type, MS_NODEV, NULL) == 0)
        return;
    devices_init();
    uint64_t end = monotonic_ms() + (uint64_t)device_wait(json);
    while (mount(tag, folder, type, MS_NODEV, NULL) < 0) {
        int error = errno;
        uint64_t now = monotonic_ms();
        if (error != EINVAL || now >= end)
            child_fail("mount-failed", "can't mount a shared directory (%s, %s): %s", tag, type,
                       strerror(error));
        devices_wait((int)(end - now < MOMENT_MS ? end - now : MOMENT_MS));
    }
}

int rootfs_source(const struct json *json, const struct json_value *source, const char *folder) {
    const char *serial = json_string(json, source, "disk", NULL);
    const char *share = json_string(json, source, "share", NULL);
    const char *subdir = json_string(json, source, "subdir", "/");
    make_folder(folder);
    if (serial) {
        char disk[DEVICE_PATH];
        const char *type = json_string(json, source, "fstype", "ext4");
        bool read_only = json_bool(json, source, "readOnlyDisk", false);
        await_disk(json, serial, 0, disk);
        mount_or_fail("a disk", disk, folder, type, MS_NODEV | (read_only ? MS_RDONLY : 0),
                      strcmp(type, "xfs") == 0 ? "nouuid" : NULL);
    } else if (share) {
        mount_share(json, share, folder);
    } else {
        child_fail("invalid", "a mount needs 'disk' or 'share'");
    }
    int top = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = inroot_open(top, subdir, O_PATH);
    if (fd < 0 && errno == ENOENT && serial)
        fd = inroot_make(top, subdir, true);
    if (fd < 0)
        child_fail("mount-failed", "no '%s' in the file system of %s '%s': %s", subdir,
                   serial ? "disk" : "share", serial ? serial : share, strerror(errno));
    close(top);
    return fd;
}

void rootfs_begin(void) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        child_fail("failed", "can't make mounts private: %s", strerror(errno));
    mount_or_fail("the work folder", "tmpfs", WORK, "tmpfs", MS_NOSUID | MS_NODEV, "mode=700");
    make_folder(ROOT);
}

int rootfs_mount(const struct json *json, const struct json_value *create) {
    const struct json_value *root = json_get(json, create, "root");
    const struct json_value *layers = json_get(json, root, "layers");
    if (layers) {
        mount_overlay(json, root, layers);
    } else {
        written = rootfs_source(json, root, WRITABLE);
        char path[32];
        snprintf(path, sizeof path, "/proc/self/fd/%d", written);
        if (mount(path, ROOT, NULL, MS_BIND, NULL) < 0)
            child_fail("mount-failed", "can't use the folder as a root file system: %s",
                       strerror(errno));
    }
    int fd = open(ROOT, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        child_fail("failed", "can't open the root file system: %s", strerror(errno));
    return fd;
}

void rootfs_handles(int handles[2]) {
    handles[0] = open(WORK, O_PATH | O_DIRECTORY | O_CLOEXEC);
    handles[1] = written;
    if (handles[0] < 0)
        child_fail("failed", "can't open the work folder: %s", strerror(errno));
}

void rootfs_enter(bool read_only) {
    if (read_only && mount(NULL, ROOT, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NODEV, NULL) < 0)
        child_fail("failed", "can't make the root file system read-only: %s", strerror(errno));
    // The old root is mounted over the new one and taken away from there: nothing of it stays
    // reachable.
    if (chdir(ROOT) < 0 || syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
        chdir("/") < 0)
        child_fail("failed", "can't change to the root file system: %s", strerror(errno));
}
