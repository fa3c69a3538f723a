// SPDX-License-Identifier: Apache-2.0
#include "ps.h"

#include "child.h"
#include "files.h"
#include "output.h"
#include "users.h"
#include "visit.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

enum { PROCESSES = 4096, MAX_COMMAND = 4096, MAX_PASSWD = 4 * 1024 * 1024, MAX_USER = 64 };

// Majors: Documentation/admin-guide/devices.txt.
enum { TTY_MAJOR = 4, PTS_MAJOR = 136 };

struct entry {
    // Its numbers to the agent and to the container.
    int pid, inner;
};

static struct entry entries[PROCESSES];
static size_t count;

static long read_of(int proc, int pid, const char *file, char *out, size_t size) {
    char path[32];
    snprintf(path, sizeof path, "%d/%s", pid, file);
    return file_read_at(proc, path, out, size);
}

// The line of /proc/PID/cgroup is "0::/group", and more when the container has made groups.
static bool is_member(int proc, int pid, const char *group) {
    char text[512];
    size_t length = strlen(group);
    if (read_of(proc, pid, "cgroup", text, sizeof text) <= 0 || strncmp(text, "0::/", 4) != 0)
        return false;
    const char *end = text + 4 + length;
    return strncmp(text + 4, group, length) == 0 && (*end == '\n' || *end == '/' || *end == '\0');
}

// "Name:\tvalue value ...": the value at `index`, -1 when it is missing.
static long status_value(const char *text, const char *name, int index) {
    const char *at = strstr(text, name);
    long value = -1;
    for (at += at ? strlen(name) : 0; at && index >= 0; index--) {
        char *end;
        while (*at == ' ' || *at == '\t')
            at++;
        value = isdigit((unsigned char)*at) ? strtol(at, &end, 10) : -1;
        at = value < 0 ? NULL : end;
    }
    return index < 0 ? value : -1;
}

// The numbers of the line "NSpid:" begin with the agent's; the container's is the next.
static void collect(int proc, const char *group) {
    char text[4096];
    struct dirent *item;
    int fd = openat(proc, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    while (folder && count < PROCESSES && (item = readdir(folder))) {
        int pid = atoi(item->d_name);
        if (pid <= 0 || !is_member(proc, pid, group) ||
            read_of(proc, pid, "status", text, sizeof text) <= 0)
            continue;
        long inner = status_value(text, "\nNSpid:", 1);
        // A child that still sets the container up is none of its processes.
        if (inner > 0)
            entries[count++] = (struct entry){.pid = pid, .inner = (int)inner};
    }
    if (folder)
        closedir(folder);
}

static int inner_of(long pid) {
    for (size_t i = 0; i < count; i++) {
        if (entries[i].pid == pid)
            return entries[i].inner;
    }
    return 0;
}

static void add_user(const char *passwd, long uid) {
    char name[MAX_USER];
    if (uid < 0 || !users_name(passwd, (uid_t)uid, name, sizeof name))
        snprintf(name, sizeof name, "%ld", uid);
    output_field(name);
}

static void add_terminal(unsigned long long device) {
    char name[32] = "?";
    unsigned number = minor(device);
    if (major(device) == PTS_MAJOR)
        snprintf(name, sizeof name, "pts/%u", number);
    else if (major(device) == TTY_MAJOR)
        snprintf(name, sizeof name, number < 64 ? "tty%u" : "ttyS%u",
                 number < 64 ? number : number - 64);
    output_field(name);
}

static int64_t nanoseconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

// NULs between the arguments become spaces. A process without arguments (it has ended, or has
// written over them) is shown by its name.
static void add_command(int proc, int pid, const char *name) {
    char text[MAX_COMMAND];
    long length = read_of(proc, pid, "cmdline", text, sizeof text);
    while (length > 0 && text[length - 1] == '\0')
        length--;
    if (length <= 0) {
        snprintf(text, sizeof text, "[%s]", name);
    } else {
        for (long i = 0; i < length; i++)
            text[i] = text[i] == '\0' ? ' ' : text[i];
    }
    output_field(text);
}

// /proc/PID/stat: "pid (name) state ppid pgrp session tty ...", see proc(5); the name may hold
// anything.
static void describe(int proc, const struct entry *e, const char *passwd) {
    char stat[2048], status[4096];
    unsigned long long fields[23] = {0};
    if (read_of(proc, e->pid, "stat", stat, sizeof stat) <= 0 ||
        read_of(proc, e->pid, "status", status, sizeof status) <= 0)
        return;
    char *name = strchr(stat, '('), *end = strrchr(stat, ')');
    if (!name || !end || end[1] != ' ')
        return;
    *end = '\0';
    char *at = end + 3;
    for (int i = 4; i <= 22; i++)
        fields[i] = strtoull(at, &at, 10);
    uint64_t tick = 1000000000 / (uint64_t)sysconf(_SC_CLK_TCK);
    int64_t boot = nanoseconds(CLOCK_REALTIME) - nanoseconds(CLOCK_BOOTTIME);
    output_number(e->inner);
    output_number(inner_of((long)fields[4]));
    add_user(passwd, status_value(status, "\nUid:", 1));
    output_number(boot + (int64_t)(fields[22] * tick));
    add_terminal(fields[7]);
    output_number((int64_t)((fields[14] + fields[15]) * tick / 1000));
    add_command(proc, e->pid, name + 1);
}

void ps_list(const struct request *r, const struct container *c) {
    (void)r;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (proc < 0)
        child_fail("failed", "can't read /proc: %s", strerror(errno));
    collect(proc, c->group);
    visit_container(c, VISIT_TO_READ, proc);
    char *passwd = file_load("/etc/passwd", MAX_PASSWD);
    for (size_t i = 0; i < count; i++)
        describe(proc, &entries[i], passwd ? passwd : "");
    output_flush();
}
