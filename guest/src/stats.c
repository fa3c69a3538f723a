// SPDX-License-Identifier: Apache-2.0
#include "stats.h"

#include "cgroup.h"
#include "container.h"
#include "files.h"
#include "network.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Value in bytes of a line "Name:   123 kB" of /proc/meminfo.
static uint64_t meminfo(const char *text, const char *name) {
    const char *at = strstr(text, name);
    return at ? strtoull(at + strlen(name), NULL, 10) * 1024 : 0;
}

// The first line of /proc/stat: "cpu user nice system idle iowait irq softirq steal", in ticks.
static void describe_cpu(struct buffer *out) {
    char text[256];
    uint64_t ticks[8] = {0};
    if (file_read("/proc/stat", text, sizeof text) <= 3)
        return;
    char *at = text + 3;
    for (int i = 0; i < 8; i++)
        ticks[i] = strtoull(at, &at, 10);
    uint64_t micros = 1000000 / (uint64_t)sysconf(_SC_CLK_TCK);
    uint64_t busy = ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6];
    buffer_format(out, ",\"cpuMicros\":%" PRIu64 ",\"cpuIdleMicros\":%" PRIu64, busy * micros,
                  (ticks[3] + ticks[4]) * micros);
}

static void describe_machine(const char *text, struct buffer *out) {
    buffer_format(out,
                  "\"memoryTotalBytes\":%" PRIu64 ",\"memoryFreeBytes\":%" PRIu64
                  ",\"memoryAvailableBytes\":%" PRIu64,
                  meminfo(text, "MemTotal:"), meminfo(text, "MemFree:"),
                  meminfo(text, "MemAvailable:"));
    describe_cpu(out);
}

uint64_t stats_available_memory(void) {
    char text[4096];
    return file_read("/proc/meminfo", text, sizeof text) > 0 ? meminfo(text, "MemAvailable:") : 0;
}

void stats_reply(const struct request *r) {
    const char *id = json_string(&r->json, r->root, "container", NULL);
    struct container *c = id ? container_find(id) : NULL;
    if (id && !c) {
        reply_error(r->ticket, "unknown", "no container %s", id);
        return;
    }
    char memory[4096];
    if (file_read("/proc/meminfo", memory, sizeof memory) < 0)
        memory[0] = '\0';
    struct buffer out;
    buffer_init(&out, REPLY_MAX);
    buffer_text(&out, "{");
    if (c)
        cgroup_describe(c->cgroup, meminfo(memory, "MemTotal:"), &out);
    else
        describe_machine(memory, &out);
    // The network is the machine's, so a container's interfaces are those of its pod.
    buffer_text(&out, ",\"interfaces\":");
    network_describe(&out);
    buffer_text(&out, "}");
    reply(r->ticket, out.data, out.length);
    buffer_free(&out);
}
