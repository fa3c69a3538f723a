// SPDX-License-Identifier: Apache-2.0
#include "modules.h"

#include "files.h"
#include "log.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_LIST = 4096, MAX_LOADED = 64, MAX_NAME = 48, VIRTIO_CONSOLE = 3 };

static int directory = -1;
static char list[MAX_LIST];
static char loaded[MAX_LOADED][MAX_NAME];
static int loaded_count;

// Virtio device ids are those of the virtio specification, section 5.
static const struct {
    unsigned id;
    const char *module;
} virtio_drivers[] = {
    {1, "virtio_net"},
    {2, "virtio_blk"},
    {VIRTIO_CONSOLE, "virtio_console"},
    {4, "virtio_rng"},
    {5, "virtio_balloon"},
    {8, "virtio_scsi"},
    {19, "vmw_vsock_virtio_transport"},
    {24, "virtio_mem"},
    {26, "virtiofs"},
};

void modules_init(void) {
    directory = open("/modules", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory >= 0)
        file_read_at(directory, "list", list, sizeof list);
}

int modules_folder(void) {
    return directory;
}

static bool is_loaded(const char *name) {
    for (int i = 0; i < loaded_count; i++) {
        if (strcmp(loaded[i], name) == 0)
            return true;
    }
    return false;
}

static bool insert(const char *name) {
    if (is_loaded(name))
        return true;
    char file[MAX_NAME + 4];
    snprintf(file, sizeof file, "%s.ko", name);
    int fd = openat(directory, file, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    bool done = syscall(SYS_finit_module, fd, "", 0) == 0 || errno == EEXIST;
    if (!done)
        log_line("module %s: %s", name, strerror(errno));
    close(fd);
    if (done && loaded_count < MAX_LOADED && strlen(name) < MAX_NAME)
        strcpy(loaded[loaded_count++], name);
    return done;
}

// A line of the list: the modules to load in this order; the last is the one that the line is
// about.
static bool insert_line(const char *line, size_t length) {
    char text[512];
    if (length >= sizeof text)
        return false;
    memcpy(text, line, length);
    text[length] = '\0';
    char *rest;
    for (char *name = strtok_r(text, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        if (!insert(name))
            return false;
    }
    return true;
}

bool module_load(const char *name) {
    if (is_loaded(name))
        return true;
    size_t wanted = strlen(name);
    for (const char *line = list; *line;) {
        size_t length = strcspn(line, "\n");
        if (length >= wanted && strncmp(line + length - wanted, name, wanted) == 0 &&
            (length == wanted || line[length - wanted - 1] == ' '))
            return insert_line(line, length);
        line += length + (line[length] == '\n');
    }
    return true;
}

void module_load_virtio(unsigned id) {
    for (size_t i = 0; i < sizeof virtio_drivers / sizeof *virtio_drivers; i++) {
        if (virtio_drivers[i].id == id)
            module_load(virtio_drivers[i].module);
    }
}

// Calls `found` with the path of each entry of a folder of /sys.
static void each_entry(const char *folder, void (*found)(const char *path)) {
    DIR *entries = opendir(folder);
    if (!entries)
        return;
    struct dirent *entry;
    while ((entry = readdir(entries))) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        found(path);
    }
    closedir(entries);
}

static unsigned read_hex(const char *path, const char *file) {
    char name[600], text[32];
    snprintf(name, sizeof name, "%s/%s", path, file);
    return file_read(name, text, sizeof text) > 0 ? (unsigned)strtoul(text, NULL, 16) : 0;
}

static void pci_device(const char *path) {
    if (read_hex(path, "vendor") == 0x1af4)
        module_load("virtio_pci");
}

static void acpi_device(const char *path) {
    if (strstr(path, "/LNRO0005"))
        module_load("virtio_mmio");
}

static void virtio_console(const char *path) {
    if (read_hex(path, "device") == VIRTIO_CONSOLE)
        module_load_virtio(VIRTIO_CONSOLE);
}

static void virtio_device(const char *path) {
    module_load_virtio(read_hex(path, "device"));
}

static void xen_device(const char *path) {
    if (strstr(path, "/vbd-"))
        module_load("xen_blkfront");
    else if (strstr(path, "/vif-"))
        module_load("xen_netfront");
}

void modules_load_buses(void) {
    each_entry("/sys/bus/pci/devices", pci_device);
    each_entry("/sys/bus/acpi/devices", acpi_device);
    each_entry("/sys/bus/virtio/devices", virtio_console);
}

void modules_load_drivers(void) {
    each_entry("/sys/bus/virtio/devices", virtio_device);
    each_entry("/sys/bus/xen/devices", xen_device);
}
