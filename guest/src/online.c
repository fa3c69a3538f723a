// SPDX-License-Identifier: Apache-2.0
#include "online.h"

#include "files.h"
#include "log.h"
#include "loop.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

// A Xen guest's kernel announces a processor before it marks it as present, and refuses to switch
// it on until then (drivers/xen/cpu_hotplug.c, enable_hotplug_cpu).
enum { AGAIN_MS = 10, ATTEMPTS = 500 };

static int attempts;

void online_memory(const char *devpath) {
    char path[512];
    snprintf(path, sizeof path, "/sys%s/online", devpath);
    if (!file_write(path, "1"))
        log_line("%s: %s", path, strerror(errno));
}

// Returns whether all are on.
static bool switch_on(void) {
    bool all = true;
    DIR *processors = opendir("/sys/devices/system/cpu");
    struct dirent *entry;
    while (processors && (entry = readdir(processors))) {
        char path[512];
        unsigned number;
        if (sscanf(entry->d_name, "cpu%u", &number) != 1)
            continue;
        snprintf(path, sizeof path, "/sys/devices/system/cpu/%s/online", entry->d_name);
        if (file_read_number(path, 1) == 0 && !file_write(path, "1")) {
            all = false;
            if (attempts == 0)
                log_line("%s: %s", path, strerror(errno));
        }
    }
    if (processors)
        closedir(processors);
    return all;
}

static void try(struct timer *timer) {
    attempts--;
    if (!switch_on() && attempts > 0)
        timer_start(timer, AGAIN_MS);
}

void online_processors(void) {
    static struct timer timer = {.fire = try};
    attempts = ATTEMPTS;
    try(&timer);
}
