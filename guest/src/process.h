// SPDX-License-Identifier: Apache-2.0
// Processes of containers, from start to the acknowledged exit.
#ifndef PROCESS_H
#define PROCESS_H

#include "container.h"
#include "loop.h"

#include <stdint.h>

enum { PROCESS_ID_MAX = 64, PROCESSES_MAX = 1024 };

enum process_state { PROCESS_STARTING, PROCESS_RUNNING, PROCESS_EXITED };

struct process {
    // First, so that the watch of its start is its process.
    struct watch start;
    struct process *next;
    struct container *container;
    char id[PROCESS_ID_MAX + 1];
    enum process_state state;
    pid_t pid;
    // Its number inside the container.
    int inner_pid;
    int status;
    bool oom;
    uint64_t exit_time;
    uint64_t oom_kills;
    struct ticket ticket;
    // Master side of the terminal, -1 without one.
    int terminal;
    bool has_terminal;
    // Stream ids, 0 for none, and the agent's ends of the pipes until the process has started.
    uint32_t streams[3];
    int pipes[3];
};

void process_start(const struct request *request);
void process_signal(const struct request *request);
void process_resize(const struct request *request);
void process_acknowledge(const struct request *request);
void processes_list(const struct request *request);
// Sends the exits that were not acknowledged.
void processes_resend_exits(void);
// Collects the children that ended.
void processes_reap(void);
bool processes_alive(const struct container *container);
void processes_forget(struct container *container);

struct process *process_find(const struct container *container, const char *id);
bool process_is_init(const struct process *process);
void process_forget(struct process *process);
// What its child reports while it starts; a watch that is a process.
void process_on_start(struct watch *watch, uint32_t events);
// The container or the process that a request names; NULL after an error was replied.
struct container *process_container(const struct request *request);
struct process *process_named(const struct request *request);

#endif
