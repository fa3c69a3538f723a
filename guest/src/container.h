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
    // The request that made it, as it came.
    char *request;
    size_t request_length;
    int cgroup;
    char group[GROUP_MAX + 1];
    // How many have halted its processes.
    int halts;
    int mount_ns, ipc_ns, uts_ns, cgroup_ns, pid_ns;
    // The folder of the files in its /etc that the agent writes, and that of what it writes itself:
    // its changes against its layers, or else its whole root file system, without what is mounted in
    // it.
    int files, written;
    unsigned files_version;
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
// Adds one that is being created. NULL when there is no room.
struct container *container_add(const struct request *request, const char *id,
                                const char *hostname);
// Parses the request that made it. Returns the text that the document refers to, to be freed after
// it; NULL when there is no memory.
char *container_request(const struct container *container, struct json *json);
// Gives up creating it: what there is of it is taken down, then the host is told why.
void container_fail(struct container *container, const char *code, const char *message);
// To be called when something that a container to be destroyed waits for has ended: a child, a
// process, a job.
void container_advance(struct container *container);
void container_destroy(const struct request *request);
// Halts its processes, until it has gone on as often as it was halted. False (errno) on failure.
bool container_halt(struct container *container);
void container_go_on(struct container *container);
// True when `pid` was a child that set up or took down a container.
bool container_child_exited(pid_t pid);
// Kills and takes down all; `done` is called once none is left.
void containers_destroy_all(void (*done)(void));

#endif
