// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include "blank.h"
#include "cgroup.h"
#include "channel.h"
#include "child.h"
#include "files.h"
#include "job.h"
#include "streams.h"

#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct process *process_find(const struct container *c, const char *id) {
    for (struct process *p = c->processes; p; p = p->next) {
        if (strcmp(p->id, id) == 0)
            return p;
    }
    return NULL;
}

bool process_is_init(const struct process *p) {
    return strcmp(p->id, "init") == 0;
}

bool processes_alive(const struct container *c) {
    for (struct process *p = c->processes; p; p = p->next) {
        if (p->state != PROCESS_EXITED)
            return true;
    }
    return false;
}

static void close_pipes(struct process *p) {
    for (int i = 0; i < 3; i++)
        close_fd(&p->pipes[i]);
}

void process_forget(struct process *p) {
    struct process **at = &p->container->processes;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    loop_unwatch(&p->start);
    close_fd(&p->start.fd);
    close_fd(&p->terminal);
    close_pipes(p);
    free(p);
}

void processes_forget(struct container *c) {
    while (c->processes)
        process_forget(c->processes);
}

static void send_exit(const struct process *p) {
    struct buffer out;
    buffer_init(&out, 4096);
    buffer_text(&out, "{\"event\":\"exit\",");
    json_write_member(&out, "container", p->container->id);
    buffer_text(&out, ",");
    json_write_member(&out, "process", p->id);
    if (WIFSIGNALED(p->status))
        buffer_format(&out, ",\"signal\":%d", WTERMSIG(p->status));
    else
        buffer_format(&out, ",\"code\":%d", WEXITSTATUS(p->status));
    buffer_format(&out, ",\"oom\":%s,\"timeNanoseconds\":%" PRIu64 "}", p->oom ? "true" : "false",
                  p->exit_time);
    channel_message(FRAME_EVENT, 0, out.data, out.length);
    buffer_free(&out);
}

static void each_exited(void (*action)(const struct process *p)) {
    for (struct container *c = container_first(); c; c = c->next) {
        for (struct process *p = c->processes; p; p = p->next) {
            if (p->state == PROCESS_EXITED)
                action(p);
        }
    }
}

void processes_resend_exits(void) {
    each_exited(send_exit);
}

// Hands the agent's ends of the pipes or the terminal to the streams.
static void start_streams(struct process *p) {
    if (p->has_terminal) {
        for (int i = 0; i < 2; i++) {
            if (p->streams[i])
                p->pipes[i] = fcntl(p->terminal, F_DUPFD_CLOEXEC, 3);
        }
    }
    for (int i = 0; i < 3; i++) {
        int fd = p->pipes[i];
        p->pipes[i] = -1;
        if (fd < 0)
            continue;
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        if (i == 0)
            stream_add_input(p->streams[i], fd,
                             p->has_terminal ? STREAM_OF_TERMINAL : STREAM_OF_PROCESS);
        else
            stream_add_output(p->streams[i], fd, STREAM_OF_PROCESS);
    }
}

static void started(struct process *p) {
    p->state = PROCESS_RUNNING;
    if (process_is_init(p))
        p->container->state = CONTAINER_RUNNING;
    start_streams(p);
    char json[64];
    int length = snprintf(json, sizeof json, "{\"pid\":%d}", p->inner_pid);
    reply(p->ticket, json, (size_t)length);
}

void process_on_start(struct watch *watch, uint32_t events) {
    (void)events;
    struct process *p = (struct process *)watch;
    while (p->start.fd >= 0) {
        struct report report = child_read_report(p->start.fd);
        switch (report.kind) {
        case REPORT_NONE:
            return;
        case REPORT_TERMINAL:
            close_fd(&p->terminal);
            p->terminal = report.fds[0];
            continue;
        case REPORT_FAILED:
            reply_error(p->ticket, report.code, "%s", report.message);
            p->ticket.id = 0;
            break;
        case REPORT_READY:
        case REPORT_CLOSED:
            if (p->ticket.id)
                started(p);
            break;
        }
        loop_unwatch(watch);
        close_fd(&p->start.fd);
    }
}

static uint64_t realtime_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void exited(struct process *p, int status) {
    struct container *c = p->container;
    if (p->state == PROCESS_STARTING)
        process_on_start(&p->start, 0);
    bool had_started = p->state == PROCESS_RUNNING;
    p->state = PROCESS_EXITED;
    p->status = status;
    p->exit_time = realtime_ns();
    p->oom = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
             cgroup_oom_kills(c->cgroup) > p->oom_kills;
    if (p->streams[0])
        stream_end_input(p->streams[0]);
    close_fd(&p->terminal);
    if (process_is_init(p)) {
        close_fd(&c->pid_ns);
        if (c->state == CONTAINER_RUNNING)
            c->state = CONTAINER_STOPPED;
    }
    if (had_started)
        send_exit(p);
    else
        process_forget(p);
    container_advance(c);
}

static struct process *find_pid(pid_t pid) {
    for (struct container *c = container_first(); c; c = c->next) {
        for (struct process *p = c->processes; p; p = p->next) {
            if (p->pid == pid && p->state != PROCESS_EXITED)
                return p;
        }
    }
    return NULL;
}

void processes_reap(void) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        struct process *p = find_pid(pid);
        if (p)
            exited(p, status);
        else if (!container_child_exited(pid) && !blank_child_exited(pid))
            job_exited(pid);
    }
}
