// SPDX-License-Identifier: Apache-2.0
#include "devices.h"

#include "files.h"
#include "log.h"
#include "loop.h"
#include "modules.h"
#include "online.h"
#include "xenstore.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SECTOR = 512, MAX_NAME = 32, MAX_PARTITIONS = 255 };

static struct watch watch = {.fd = -1};
static void (*on_change)(void);

int devices_init(void) {
    struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
    watch.fd =
        socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
    int size = 1024 * 1024;
    setsockopt(watch.fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    if (watch.fd < 0 || bind(watch.fd, (struct sockaddr *)&address, sizeof address) < 0)
        fatal("uevent socket: %s", strerror(errno));
    return watch.fd;
}

static const char *value_of(const char *event, const char *end, const char *key) {
    size_t length = strlen(key);
    for (const char *at = event; at < end; at += strlen(at) + 1) {
        if (strncmp(at, key, length) == 0 && at[length] == '=')
            return at + length + 1;
    }
    return "";
}

static void handle(const char *event, const char *end) {
    if (strcmp(value_of(event, end, "ACTION"), "add") != 0)
        return;
    const char *subsystem = value_of(event, end, "SUBSYSTEM");
    if (strcmp(subsystem, "virtio") == 0) {
        unsigned id = 0;
        if (sscanf(value_of(event, end, "MODALIAS"), "virtio:d%8x", &id) == 1)
            module_load_virtio(id);
    } else if (strcmp(subsystem, "pci") == 0) {
        modules_load_buses();
    } else if (strcmp(subsystem, "xen") == 0) {
        modules_load_drivers();
    } else if (strcmp(subsystem, "memory") == 0) {
        online_memory(value_of(event, end, "DEVPATH"));
    } else if (strcmp(subsystem, "cpu") == 0) {
        online_processors();
    }
}

static void read_events(void) {
    char event[8192 + 1];
    ssize_t length;
    while (true) {
        length = recv(watch.fd, event, sizeof event - 1, 0);
        if (length < 0 && errno != ENOBUFS)
            return;
        if (length > 0) {
            event[length] = '\0';
            handle(event, event + length);
        }
    }
}

static void on_ready(struct watch *unused, uint32_t events) {
    (void)unused;
    (void)events;
    read_events();
    on_change();
}

void devices_start(void (*changed)(void)) {
    on_change = changed;
    watch.ready = on_ready;
    loop_watch(&watch, EPOLLIN);
}

bool devices_wait(int milliseconds) {
    struct pollfd poll_fd = {.fd = watch.fd, .events = POLLIN};
    bool ready = poll(&poll_fd, 1, milliseconds) > 0;
    read_events();
    return ready;
}

// A Xen disk has no serial number of its own; the host writes one beside it.
static bool is_xen_disk(const char *name, const char *serial) {
    char path[160], node[96], text[64];
    snprintf(path, sizeof path, "/sys/block/%.32s/device/nodename", name);
    if (file_read_line(path, node, sizeof node) <= 0)
        return false;
    snprintf(path, sizeof path, "%s/serial", node);
    return xenstore_read(path, text, sizeof text) > 0 && strcmp(text, serial) == 0;
}

static bool is_disk(const char *name, const char *serial) {
    char path[128], text[128];
    snprintf(path, sizeof path, "/sys/block/%.32s/serial", name);
    long length = file_read_line(path, text, sizeof text);
    if (length < 0) {
        // SCSI: page 0x80 of the vital product data has the number behind a header of 4 bytes.
        snprintf(path, sizeof path, "/sys/block/%.32s/device/vpd_pg80", name);
        length = file_read_line(path, text, sizeof text);
        if (length > 4)
            memmove(text, text + 4, (size_t)length - 3);
    }
    if (length > 0 && strcmp(text, serial) == 0)
        return true;
    if (strncmp(name, "xvd", 3) == 0 && is_xen_disk(name, serial))
        return true;
    bool named_by_host = strncmp(name, "xvd", 3) == 0 || strncmp(name, "ubd", 3) == 0;
    return named_by_host && strcmp(name, serial) == 0;
}

static uint64_t read_size(const char *format, const char *name, const char *file) {
    char path[128];
    snprintf(path, sizeof path, format, name, file);
    return file_read_number(path, 0);
}

bool device_find_disk(const char *serial, uint64_t size, char path[DEVICE_PATH]) {
    bool found = false;
    DIR *disks = opendir("/sys/block");
    struct dirent *entry;
    while (disks && !found && (entry = readdir(disks))) {
        if (entry->d_name[0] == '.' || strlen(entry->d_name) > MAX_NAME ||
            !is_disk(entry->d_name, serial))
            continue;
        uint64_t sectors = read_size("/sys/block/%s/%s", entry->d_name, "size");
        found = sectors > 0 && sectors >= (size + SECTOR - 1) / SECTOR;
        snprintf(path, DEVICE_PATH, "/dev/%.32s", entry->d_name);
    }
    if (disks)
        closedir(disks);
    return found;
}

bool device_await_disk(const char *serial, uint64_t size, int milliseconds,
                       char path[DEVICE_PATH]) {
    if (device_find_disk(serial, size, path))
        return true;
    devices_init();
    uint64_t end = monotonic_ms() + (uint64_t)milliseconds;
    while (!device_find_disk(serial, size, path)) {
        uint64_t now = monotonic_ms();
        if (now >= end)
            return false;
        devices_wait((int)(end - now));
    }
    return true;
}

struct partition {
    int number;
    uint64_t start;
    uint64_t sectors;
};

// Looks through the disk's partitions for one with these bounds; `number` becomes that or the first
// free one.
static bool find_partition(const char *disk, struct partition *wanted) {
    char folder[64];
    snprintf(folder, sizeof folder, "/sys/block/%s", disk);
    DIR *entries = opendir(folder);
    struct dirent *entry;
    int last = 0;
    bool found = false;
    while (entries && !found && (entry = readdir(entries))) {
        char name[MAX_NAME * 2 + 2];
        if (strncmp(entry->d_name, disk, strlen(disk)) != 0)
            continue;
        snprintf(name, sizeof name, "%.32s/%.32s", disk, entry->d_name);
        int number = (int)read_size("/sys/block/%s/%s", name, "partition");
        if (number <= 0)
            continue;
        last = number > last ? number : last;
        found = read_size("/sys/block/%s/%s", name, "start") == wanted->start &&
                read_size("/sys/block/%s/%s", name, "size") == wanted->sectors;
        wanted->number = number;
    }
    if (entries)
        closedir(entries);
    if (!found)
        wanted->number = last + 1;
    return found;
}

static bool add_partition(const char *path, const struct partition *p) {
    struct blkpg_partition partition = {.start = (long long)(p->start * SECTOR),
                                        .length = (long long)(p->sectors * SECTOR),
                                        .pno = p->number};
    struct blkpg_ioctl_arg argument = {
        .op = BLKPG_ADD_PARTITION, .datalen = sizeof partition, .data = &partition};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = ioctl(fd, BLKPG, &argument) == 0;
    int saved = errno;
    close(fd);
    errno = saved;
    return done;
}

bool device_partition(const char *path, uint64_t offset, uint64_t size, char result[DEVICE_PATH]) {
    const char *disk = path + strlen("/dev/");
    uint64_t sectors = read_size("/sys/block/%s/%s", disk, "size");
    if (offset % SECTOR || size % SECTOR || size == 0 || offset / SECTOR > sectors ||
        size / SECTOR > sectors - offset / SECTOR) {
        errno = EINVAL;
        return false;
    }
    if (offset == 0 && size / SECTOR == sectors) {
        strcpy(result, path);
        return true;
    }
    struct partition p = {.start = offset / SECTOR, .sectors = size / SECTOR};
    if (!find_partition(disk, &p) && (p.number > MAX_PARTITIONS || !add_partition(path, &p)))
        return false;
    bool digit = isdigit((unsigned char)path[strlen(path) - 1]);
    snprintf(result, DEVICE_PATH, "%.40s%s%d", path, digit ? "p" : "", p.number);
    return true;
}
