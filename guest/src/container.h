// SPDX-License-Identifier: Apache-2.0
// Containers: namespaces, control group, root file system, processes.
#ifndef CONTAINER_H
#define CONTAINER_H

#include "child.h"
#include "loop.h"
#include "requests.h"

#include <stdbool.h>
#include <sys/types.h>

enum {
    CONTAINER_ID_MAX = 64,
    GROUP_MAX = CONTAINER_ID_MAX + 2,
    HOSTNAME_MAX = 64,
    CONTAINERS_MAX = 256
};

enum container_state {
    CONTAINER_CREATING,
    CONTAINER_CREATED,
    CONTAINER_RUNNING,
    CONTAINER_STOPPED,
    CONTAINER_DESTROYING,
};

struct process;

struct container {
    // First, so that the watch of the child that sets it up is its container.
    struct watch setup;
    struct container *next;
    char id[CONTAINER_ID_MAX + 1];
    char hostname[HOSTNAME_MAX + 1];
    enum container_state state;
    // NAME=VALUE lines for /proc/sys, NUL-separated, as `create` gave them.
    char *sysctls;
    size_t sysctls_length;
    int cgroup;
    char group[GROUP_MAX + 1];
    int mount_ns, ipc_ns, uts_ns, cgroup_ns, pid_ns;
    // The child that sets up or takes down.
    pid_t child;
    struct ticket creator;
    struct ticket destroyer;
    // Why it could not be created; told when nothing of it is left.
    char failure_code[32];
    char failure[REPORT_MAX];
    struct process *processes;
};

struct container *container_find(const char *id);
struct container *container_first(void);
void container_create(const struct request *request);
void container_destroy(const struct request *request);
void container_freeze(const struct request *request, bool frozen);
// True when `pid` was a child that this part had started.
bool container_child_exited(pid_t pid);
// To be called when a process of the container was reaped.
void container_process_exited(struct container *container);
// Kills and takes down all; `done` is called once none is left.
void containers_destroy_all(void (*done)(void));

#endif
