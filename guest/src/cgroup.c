// SPDX-License-Identifier: Apache-2.0
#include "cgroup.h"

#include "child.h"
#include "container.h"
#include "files.h"
#include "log.h"
#include "loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define CGROUPS "/sys/fs/cgroup"

enum { MAX_DEPTH = 16, MAX_TEXT = 8192 };

void cgroup_init(void) {
    static const char *const controllers[] = {"+cpu", "+memory", "+pids", "+io"};
    if (mount("cgroup2", CGROUPS, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC, "nsdelegate") < 0)
        log_line("can't mount cgroup2: %s", strerror(errno));
    for (size_t i = 0; i < sizeof controllers / sizeof *controllers; i++) {
        if (!file_write(CGROUPS "/cgroup.subtree_control", controllers[i]))
            log_line("control groups without %s: %s", controllers[i] + 1, strerror(errno));
    }
}

static void group_path(const char *group, char *out, size_t size) {
    snprintf(out, size, CGROUPS "/%s", group);
}

int cgroup_create(const char *group) {
    char path[256];
    group_path(group, path, sizeof path);
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return -1;
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool write_number(int group, const char *file, uint64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, value);
    return file_write_at(group, file, text);
}

// `none`, unless it is NULL, is written for a limit that is not given.
static bool limit(int group, const struct json *json, const struct json_value *limits,
                  const char *key, const char *file, const char *none, const char **failed) {
    uint64_t value = json_number(json, limits, key, 0);
    if (value > 0 ? write_number(group, file, value) : !none || file_write_at(group, file, none))
        return true;
    *failed = key;
    return false;
}

static bool limit_cpu(int group, const struct json *json, const struct json_value *limits,
                      bool replace) {
    uint64_t quota = json_number(json, limits, "cpuQuotaMicros", 0);
    uint64_t period = json_number(json, limits, "cpuPeriodMicros", 100000);
    char text[64] = "max";
    if (quota > 0)
        snprintf(text, sizeof text, "%" PRIu64 " %" PRIu64, quota, period);
    return (quota == 0 && !replace) || file_write_at(group, "cpu.max", text);
}

bool cgroup_limit(int group, const struct json *json, const struct json_value *limits, bool replace,
                  const char **failed) {
    const char *max = replace ? "max" : NULL;
    bool oom_group = json_bool(json, limits, "oomGroup", false);
    *failed = "cpuQuotaMicros";
    if (!limit_cpu(group, json, limits, replace))
        return false;
    *failed = "oomGroup";
    if ((oom_group || replace) && !write_number(group, "memory.oom.group", oom_group))
        return false;
    return limit(group, json, limits, "memoryBytes", "memory.max", max, failed) &&
           limit(group, json, limits, "cpuWeight", "cpu.weight", replace ? "100" : NULL, failed) &&
           limit(group, json, limits, "processes", "pids.max", max, failed);
}

void cgroup_change_limits(const struct request *r, const struct container *c) {
    const char *failed;
    if (!cgroup_limit(c->cgroup, &r->json, json_get(&r->json, r->root, "limits"), true, &failed))
        child_fail("invalid", "can't set %s of container %s: %s", failed, c->id, strerror(errno));
}

bool cgroup_freeze(int group, bool frozen) {
    return file_write_at(group, "cgroup.freeze", frozen ? "1" : "0");
}

bool cgroup_await_frozen(int group, int timeout_millis) {
    char text[MAX_TEXT];
    int fd = openat(group, "cgroup.events", O_RDONLY | O_CLOEXEC);
    struct pollfd changed = {.fd = fd, .events = POLLPRI};
    uint64_t end = monotonic_ms() + (uint64_t)timeout_millis;
    bool frozen = false;
    for (uint64_t now = monotonic_ms(); fd >= 0 && !frozen && now < end; now = monotonic_ms()) {
        ssize_t length = pread(fd, text, sizeof text - 1, 0);
        text[length > 0 ? length : 0] = '\0';
        frozen = strstr(text, "frozen 1");
        if (!frozen)
            poll(&changed, 1, (int)(end - now));
    }
    if (fd >= 0)
        close(fd);
    return frozen;
}

void cgroup_kill(int group) {
    // A frozen process dies only once it is thawed on kernels before 5.14.
    cgroup_freeze(group, false);
    if (!file_write_at(group, "cgroup.kill", "1"))
        cgroup_signal_all(group, SIGKILL);
}

void cgroup_signal_all(int group, int signal) {
    char text[MAX_TEXT];
    if (file_read_at(group, "cgroup.procs", text, sizeof text) <= 0)
        return;
    for (char *at = text; *at >= '0' && *at <= '9';) {
        pid_t pid = (pid_t)strtol(at, &at, 10);
        if (pid > 1)
            kill(pid, signal);
        at += *at == '\n';
    }
}

static void remove_below(int parent, const char *name, int depth) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *entries = fd >= 0 && depth < MAX_DEPTH ? fdopendir(fd) : NULL;
    struct dirent *entry;
    while (entries && (entry = readdir(entries))) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            remove_below(fd, entry->d_name, depth + 1);
    }
    if (entries)
        closedir(entries);
    else if (fd >= 0)
        close(fd);
    if (unlinkat(parent, name, AT_REMOVEDIR) < 0)
        log_line("control group %s: %s", name, strerror(errno));
}

void cgroup_remove(const char *group) {
    char path[256];
    group_path(group, path, sizeof path);
    remove_below(AT_FDCWD, path, 0);
}

// Value of `key` in a file of lines "key value".
static uint64_t keyed(const char *text, const char *key) {
    size_t length = strlen(key);
    for (const char *line = text; *line;) {
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            return strtoull(line + length + 1, NULL, 10);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return 0;
}

uint64_t cgroup_oom_kills(int group) {
    char text[512];
    return file_read_at(group, "memory.events", text, sizeof text) > 0 ? keyed(text, "oom_kill")
                                                                       : 0;
}

static void add_number(struct buffer *out, const char *name, uint64_t value) {
    buffer_format(out, ",\"%s\":%" PRIu64, name, value);
}

static void describe_memory(int group, uint64_t machine_memory, struct buffer *out) {
    char text[MAX_TEXT];
    if (file_read_at(group, "memory.current", text, sizeof text) > 0)
        add_number(out, "memoryBytes", strtoull(text, NULL, 10));
    uint64_t limit = machine_memory;
    if (file_read_at(group, "memory.max", text, sizeof text) > 0 && text[0] != 'm')
        limit = strtoull(text, NULL, 10);
    add_number(out, "memoryLimitBytes", limit < machine_memory ? limit : machine_memory);
    if (file_read_at(group, "memory.stat", text, sizeof text) > 0) {
        add_number(out, "memoryCacheBytes", keyed(text, "file"));
        add_number(out, "memoryInactiveFileBytes", keyed(text, "inactive_file"));
    }
    add_number(out, "oomKills", cgroup_oom_kills(group));
}

// Sums up the lines of io.stat: "254:0 rbytes=1 wbytes=2 rios=3 wios=4 ...".
static void describe_io(int group, struct buffer *out) {
    static const char *const keys[][2] = {{" rbytes=", "ioReadBytes"},
                                          {" wbytes=", "ioWriteBytes"},
                                          {" rios=", "ioReads"},
                                          {" wios=", "ioWrites"}};
    char text[MAX_TEXT];
    if (file_read_at(group, "io.stat", text, sizeof text) < 0)
        return;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        uint64_t sum = 0;
        for (char *at = text; (at = strstr(at, keys[i][0])); at++)
            sum += strtoull(at + strlen(keys[i][0]), NULL, 10);
        add_number(out, keys[i][1], sum);
    }
}

void cgroup_describe(int group, uint64_t machine_memory, struct buffer *out) {
    char text[MAX_TEXT];
    if (file_read_at(group, "cpu.stat", text, sizeof text) < 0)
        text[0] = '\0';
    buffer_format(out, "\"cpuMicros\":%" PRIu64, keyed(text, "usage_usec"));
    add_number(out, "cpuUserMicros", keyed(text, "user_usec"));
    add_number(out, "cpuSystemMicros", keyed(text, "system_usec"));
    add_number(out, "cpuThrottledMicros", keyed(text, "throttled_usec"));
    describe_memory(group, machine_memory, out);
    if (file_read_at(group, "pids.current", text, sizeof text) > 0)
        add_number(out, "processes", strtoull(text, NULL, 10));
    describe_io(group, out);
}
