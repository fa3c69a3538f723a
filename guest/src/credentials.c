// SPDX-License-Identifier: Apache-2.0
#include "credentials.h"

#include "child.h"
#include "files.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_USER_FILE = 4 * 1024 * 1024, DEFAULT_FILES = 1048576, FIRST_UNNAMED = 41 };

// In the order of their numbers (linux/capability.h).
static const char *const names[FIRST_UNNAMED] = {
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
};

#define BIT(number) (UINT64_C(1) << (number))
// What Docker gives a container.
static const uint64_t docker_default =
    BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FSETID) | BIT(CAP_FOWNER) | BIT(CAP_MKNOD) |
    BIT(CAP_NET_RAW) | BIT(CAP_SETGID) | BIT(CAP_SETUID) | BIT(CAP_SETFCAP) | BIT(CAP_SETPCAP) |
    BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_SYS_CHROOT) | BIT(CAP_KILL) | BIT(CAP_AUDIT_WRITE);

static const struct {
    const char *name;
    int resource;
} resources[] = {
    {"as", RLIMIT_AS},           {"core", RLIMIT_CORE},         {"cpu", RLIMIT_CPU},
    {"data", RLIMIT_DATA},       {"fsize", RLIMIT_FSIZE},       {"locks", RLIMIT_LOCKS},
    {"memlock", RLIMIT_MEMLOCK}, {"msgqueue", RLIMIT_MSGQUEUE}, {"nice", RLIMIT_NICE},
    {"nofile", RLIMIT_NOFILE},   {"nproc", RLIMIT_NPROC},       {"rss", RLIMIT_RSS},
    {"rtprio", RLIMIT_RTPRIO},   {"rttime", RLIMIT_RTTIME},     {"sigpending", RLIMIT_SIGPENDING},
    {"stack", RLIMIT_STACK},
};

static uint64_t capability_named(const char *name) {
    if (strncasecmp(name, "CAP_", 4) == 0)
        name += 4;
    for (int i = 0; i < FIRST_UNNAMED; i++) {
        if (strcasecmp(name, names[i]) == 0)
            return BIT(i);
    }
    child_fail("invalid", "no capability is named '%s'", name);
}

static uint64_t read_capabilities(const struct json *json, const struct json_value *process,
                                  bool privileged) {
    const struct json_value *list = json_get(json, process, "capabilities");
    if (!list)
        return privileged ? BIT(FIRST_UNNAMED) - 1 : docker_default;
    uint64_t result = 0;
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v))
        result |= capability_named(v->type == JSON_STRING ? v->text : "");
    return result;
}

static void add_rlimit(struct credentials *c, int resource, uint64_t soft, uint64_t hard) {
    if (c->rlimit_count == RLIMITS_MAX)
        child_fail("invalid", "too many 'rlimits'");
    c->rlimits[c->rlimit_count].resource = resource;
    c->rlimits[c->rlimit_count++].limit = (struct rlimit){.rlim_cur = soft, .rlim_max = hard};
}

// "rlimits": [{"name": "nofile", "soft": 1024, "hard": 2048}]; a missing number means no limit.
static void read_rlimits(const struct json *json, const struct json_value *process,
                         struct credentials *c) {
    const struct json_value *list = json_get(json, process, "rlimits");
    bool files = false;
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v)) {
        const char *name = json_string(json, v, "name", "");
        size_t i = 0, count = sizeof resources / sizeof *resources;
        while (i < count && strcmp(resources[i].name, name) != 0)
            i++;
        if (i == count)
            child_fail("invalid", "no resource limit is named '%s'", name);
        files = files || resources[i].resource == RLIMIT_NOFILE;
        add_rlimit(c, resources[i].resource, json_number(json, v, "soft", RLIM_INFINITY),
                   json_number(json, v, "hard", RLIM_INFINITY));
    }
    if (!files && c->rlimit_count < RLIMITS_MAX)
        add_rlimit(c, RLIMIT_NOFILE, DEFAULT_FILES, DEFAULT_FILES);
}

static void read_identity(const struct json *json, const struct json_value *process,
                          struct identity *identity) {
    const char *user = json_string(json, process, "user", "");
    const char *error;
    char *passwd = file_load("/etc/passwd", MAX_USER_FILE);
    char *group = file_load("/etc/group", MAX_USER_FILE);
    const char *groups = group ? group : "";
    if (!users_resolve(user, passwd ? passwd : "", groups, identity, &error))
        child_fail("bad-user", "user '%s': %s", user, error);
    const struct json_value *list = json_get(json, process, "groups");
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v)) {
        const char *name = v->type == JSON_STRING ? v->text : "";
        if (!users_add_group(identity, name, groups, &error))
            child_fail("bad-user", "group '%s': %s", name, error);
    }
    free(passwd);
    free(group);
}

void credentials_resolve(const struct json *json, const struct json_value *process, bool privileged,
                         struct credentials *c) {
    memset(c, 0, sizeof *c);
    c->capabilities = read_capabilities(json, process, privileged);
    c->no_new_privileges = json_bool(json, process, "noNewPrivileges", false);
    read_rlimits(json, process, c);
    read_identity(json, process, &c->identity);
}

void capabilities_set(uint64_t set) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};
    for (int i = 0; i < 2; i++) {
        data[i].effective = data[i].permitted = (uint32_t)(set >> (32 * i));
    }
    if (syscall(SYS_capset, &header, data) < 0)
        child_fail("failed", "can't set capabilities: %s", strerror(errno));
}

static const char *resource_name(const struct credentials *c, size_t index) {
    size_t i = 0;
    while (resources[i].resource != c->rlimits[index].resource)
        i++;
    return resources[i].name;
}

void credentials_assume(const struct credentials *c) {
    const struct identity *who = &c->identity;
    for (size_t i = 0; i < c->rlimit_count; i++) {
        if (setrlimit((int)c->rlimits[i].resource, &c->rlimits[i].limit) < 0)
            child_fail("invalid", "can't set the resource limit %s: %s", resource_name(c, i),
                       strerror(errno));
    }
    for (int i = 0; prctl(PR_CAPBSET_READ, i) >= 0; i++) {
        if (!(c->capabilities & BIT(i)) && prctl(PR_CAPBSET_DROP, i) < 0)
            child_fail("failed", "can't drop capability %d: %s", i, strerror(errno));
    }
    // By system call: it changes this one thread, all that a forked child has.
    if (syscall(SYS_setgroups, who->group_count, who->groups) < 0 ||
        syscall(SYS_setresgid, who->gid, who->gid, who->gid) < 0 ||
        syscall(SYS_setresuid, who->uid, who->uid, who->uid) < 0)
        child_fail("failed", "can't change the user: %s", strerror(errno));
    // Another user than root has lost its capabilities by the change.
    if (who->uid == 0)
        capabilities_set(c->capabilities);
    if (c->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        child_fail("failed", "no-new-privileges: %s", strerror(errno));
}
