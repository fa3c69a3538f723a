// SPDX-License-Identifier: Apache-2.0
// Starting a process: pipes, fork, and what the child needs.
#include "process.h"

#include "cgroup.h"
#include "child.h"
#include "device_filter.h"
#include "exec.h"
#include "files.h"
#include "log.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// Makes the pipes; `theirs` are the ends of the process, -1 where it gets /dev/null.
static bool make_pipes(struct process *p, int theirs[3]) {
    for (int i = 0; i < 3; i++) {
        int pair[2];
        if (!p->streams[i])
            continue;
        if (pipe2(pair, O_CLOEXEC) < 0)
            return false;
        theirs[i] = pair[i == 0 ? 0 : 1];
        p->pipes[i] = pair[i == 0 ? 1 : 0];
    }
    return true;
}

// The first process makes the PID namespace, others are born into it.
static pid_t fork_process(struct process *p) {
    struct container *c = p->container;
    if (process_is_init(p))
        return child_fork(CLONE_NEWPID, c->cgroup, &p->start.fd);
    int own = open("/proc/self/ns/pid", O_RDONLY | O_CLOEXEC);
    if (own < 0 || setns(c->pid_ns, CLONE_NEWPID) < 0) {
        close_fd(&own);
        return -1;
    }
    pid_t pid = child_fork(0, c->cgroup, &p->start.fd);
    if (pid == 0)
        return 0;
    int saved = errno;
    if (setns(own, CLONE_NEWPID) < 0)
        fatal("can't return to the own PID namespace: %s", strerror(errno));
    close(own);
    errno = saved;
    return pid;
}

// The last number of the line "NSpid:" is that of the innermost PID namespace.
static int read_inner_pid(pid_t pid) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    if (file_read(path, text, sizeof text) <= 0)
        return 0;
    const char *at = strstr(text, "NSpid:");
    int result = 0;
    for (at += at ? strlen("NSpid:") : 0; at && *at && *at != '\n';) {
        char *end;
        result = (int)strtol(at, &end, 10);
        at = end == at ? NULL : end;
    }
    return result;
}

static void open_pid_namespace(struct process *p) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/pid", p->pid);
    p->container->pid_ns = open(path, O_RDONLY | O_CLOEXEC);
}

static void launch(struct process *p, const struct request *r) {
    int theirs[3] = {-1, -1, -1};
    // Not before: the child that set the container up had to open its disks.
    bool restricted = !process_is_init(p) || json_bool(&r->json, r->root, "privileged", false) ||
                      device_filter_attach(p->container->cgroup);
    bool ready = restricted && (p->has_terminal || make_pipes(p, theirs));
    p->pid = ready ? fork_process(p) : -1;
    if (p->pid == 0)
        exec_process(p->container, r, process_is_init(p), theirs);
    for (int i = 0; i < 3; i++)
        close_fd(&theirs[i]);
    if (p->pid < 0) {
        reply_error(r->ticket, "failed", "can't start a process in container %s: %s",
                    p->container->id, strerror(errno));
        process_forget(p);
        return;
    }
    if (process_is_init(p))
        open_pid_namespace(p);
    p->inner_pid = read_inner_pid(p->pid);
    p->start.ready = process_on_start;
    loop_watch(&p->start, EPOLLIN);
}

static bool take_streams(struct process *p, const struct request *r) {
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    const struct json_value *streams = json_get(&r->json, r->root, "streams");
    for (int i = 0; i < 3; i++) {
        uint64_t id = json_number(&r->json, streams, names[i], 0);
        if (id == 0)
            continue;
        bool twice = (i > 0 && id == p->streams[0]) || (i > 1 && id == p->streams[1]);
        if (id > UINT32_MAX || twice || !stream_id_free((uint32_t)id))
            return false;
        p->streams[i] = (uint32_t)id;
    }
    // A terminal has one output.
    return !p->has_terminal || !p->streams[2];
}

static size_t process_count(void) {
    size_t count = 0;
    for (struct container *c = container_first(); c; c = c->next) {
        for (struct process *p = c->processes; p; p = p->next)
            count++;
    }
    return count;
}

static struct process *add(struct container *c, const struct request *r, const char *id) {
    struct process *p = process_count() < PROCESSES_MAX ? calloc(1, sizeof *p) : NULL;
    if (!p)
        return NULL;
    strcpy(p->id, id);
    p->container = c;
    p->ticket = r->ticket;
    p->start.fd = p->terminal = -1;
    for (int i = 0; i < 3; i++)
        p->pipes[i] = -1;
    p->has_terminal = json_get(&r->json, r->root, "terminal") != NULL;
    p->oom_kills = cgroup_oom_kills(c->cgroup);
    p->next = c->processes;
    c->processes = p;
    return p;
}

void process_start(const struct request *r) {
    struct container *c = process_container(r);
    if (!c)
        return;
    const char *id = json_string(&r->json, r->root, "process", "");
    size_t length = strlen(id);
    bool init = strcmp(id, "init") == 0;
    if (length == 0 || length > PROCESS_ID_MAX) {
        reply_error(r->ticket, "invalid", "bad process id");
        return;
    }
    if (process_find(c, id)) {
        reply_error(r->ticket, "exists", "process %s of container %s exists", id, c->id);
        return;
    }
    if (c->state != (init ? CONTAINER_CREATED : CONTAINER_RUNNING)) {
        reply_error(r->ticket, "conflict", "container %s is not %s", c->id,
                    init ? "ready to start" : "running");
        return;
    }
    struct process *p = add(c, r, id);
    if (!p) {
        reply_error(r->ticket, "failed", "too many processes");
        return;
    }
    if (!take_streams(p, r)) {
        reply_error(r->ticket, "invalid", "stream ids must be new, different and above 0");
        process_forget(p);
        return;
    }
    launch(p, r);
}
