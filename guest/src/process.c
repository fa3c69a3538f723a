// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include "blank.h"
#include "cgroup.h"
#include "channel.h"
#include "child.h"
#include "device_filter.h"
#include "exec.h"
#include "files.h"
#include "job.h"
#include "log.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

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

static size_t process_count;

static struct process *find(const struct container *c, const char *id) {
    for (struct process *p = c->processes; p; p = p->next) {
        if (strcmp(p->id, id) == 0)
            return p;
    }
    return NULL;
}

static bool is_init(const struct process *p) {
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

static void forget(struct process *p) {
    struct process **at = &p->container->processes;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    loop_unwatch(&p->start);
    close_fd(&p->start.fd);
    close_fd(&p->terminal);
    close_pipes(p);
    free(p);
    process_count--;
}

void processes_forget(struct container *c) {
    while (c->processes)
        forget(c->processes);
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
            stream_add_input(p->streams[i], fd, p->has_terminal);
        else
            stream_add_output(p->streams[i], fd);
    }
}

static void started(struct process *p) {
    p->state = PROCESS_RUNNING;
    if (is_init(p))
        p->container->state = CONTAINER_RUNNING;
    start_streams(p);
    char json[64];
    int length = snprintf(json, sizeof json, "{\"pid\":%d}", p->inner_pid);
    reply(p->ticket, json, (size_t)length);
}

static void on_start(struct watch *watch, uint32_t events) {
    (void)events;
    struct process *p = (struct process *)watch;
    while (p->start.fd >= 0) {
        struct report report = child_read_report(p->start.fd);
        switch (report.kind) {
        case REPORT_NONE:
            return;
        case REPORT_TERMINAL:
            close_fd(&p->terminal);
            p->terminal = report.fd;
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
        on_start(&p->start, 0);
    bool had_started = p->state == PROCESS_RUNNING;
    p->state = PROCESS_EXITED;
    p->status = status;
    p->exit_time = realtime_ns();
    p->oom = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
             cgroup_oom_kills(c->cgroup) > p->oom_kills;
    if (p->streams[0])
        stream_end_input(p->streams[0]);
    close_fd(&p->terminal);
    if (is_init(p)) {
        close_fd(&c->pid_ns);
        if (c->state == CONTAINER_RUNNING)
            c->state = CONTAINER_STOPPED;
    }
    if (had_started)
        send_exit(p);
    else
        forget(p);
    container_process_exited(c);
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
    if (is_init(p))
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
    bool restricted = !is_init(p) || json_bool(&r->json, r->root, "privileged", false) ||
                      device_filter_attach(p->container->cgroup);
    bool ready = restricted && (p->has_terminal || make_pipes(p, theirs));
    p->pid = ready ? fork_process(p) : -1;
    if (p->pid == 0)
        exec_process(p->container, r, is_init(p), theirs);
    for (int i = 0; i < 3; i++)
        close_fd(&theirs[i]);
    if (p->pid < 0) {
        reply_error(r->ticket, "failed", "can't start a process in container %s: %s",
                    p->container->id, strerror(errno));
        forget(p);
        return;
    }
    if (is_init(p))
        open_pid_namespace(p);
    p->inner_pid = read_inner_pid(p->pid);
    p->start.ready = on_start;
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

static struct process *add(struct container *c, const struct request *r, const char *id) {
    struct process *p = process_count < PROCESSES_MAX ? calloc(1, sizeof *p) : NULL;
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
    process_count++;
    return p;
}

static struct container *container_of(const struct request *r) {
    const char *id = json_string(&r->json, r->root, "container", "");
    struct container *c = container_find(id);
    if (!c)
        reply_error(r->ticket, "unknown", "no container %s", id);
    return c;
}

static struct process *process_of(const struct request *r) {
    struct container *c = container_of(r);
    const char *id = json_string(&r->json, r->root, "process", "init");
    struct process *p = c ? find(c, id) : NULL;
    if (c && !p)
        reply_error(r->ticket, "unknown", "no process %s in container %s", id, c->id);
    return p;
}

void process_start(const struct request *r) {
    struct container *c = container_of(r);
    if (!c)
        return;
    const char *id = json_string(&r->json, r->root, "process", "");
    size_t length = strlen(id);
    bool init = strcmp(id, "init") == 0;
    if (length == 0 || length > PROCESS_ID_MAX) {
        reply_error(r->ticket, "invalid", "bad process id");
        return;
    }
    if (find(c, id)) {
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
        forget(p);
        return;
    }
    launch(p, r);
}

void process_signal(const struct request *r) {
    uint64_t number = json_number(&r->json, r->root, "signal", 0);
    if (number == 0 || number > (uint64_t)SIGRTMAX) {
        reply_error(r->ticket, "invalid", "no signal has the number %" PRIu64, number);
        return;
    }
    if (json_bool(&r->json, r->root, "all", false)) {
        struct container *c = container_of(r);
        if (!c)
            return;
        cgroup_signal_all(c->cgroup, (int)number);
        reply_done(r->ticket);
        return;
    }
    struct process *p = process_of(r);
    if (!p)
        return;
    if (p->state == PROCESS_EXITED || kill(p->pid, (int)number) < 0)
        reply_error(r->ticket, "conflict", "process %s of container %s has ended", p->id,
                    p->container->id);
    else
        reply_done(r->ticket);
}

void process_resize(const struct request *r) {
    struct process *p = process_of(r);
    if (!p)
        return;
    struct winsize size = {.ws_row = (unsigned short)json_number(&r->json, r->root, "rows", 24),
                           .ws_col = (unsigned short)json_number(&r->json, r->root, "columns", 80)};
    if (p->terminal < 0 || ioctl(p->terminal, TIOCSWINSZ, &size) < 0)
        reply_error(r->ticket, "conflict", "process %s of container %s has no terminal", p->id,
                    p->container->id);
    else
        reply_done(r->ticket);
}

void process_acknowledge(const struct request *r) {
    struct process *p = process_of(r);
    if (!p)
        return;
    if (p->state != PROCESS_EXITED) {
        reply_error(r->ticket, "conflict", "process %s has not ended", p->id);
        return;
    }
    forget(p);
    reply_done(r->ticket);
}

static void describe(const struct process *p, struct buffer *out) {
    static const char *const states[] = {"starting", "running", "exited"};
    static const char *const names[] = {"stdin", "stdout", "stderr"};
    buffer_text(out, "{");
    json_write_member(out, "process", p->id);
    buffer_format(out, ",\"state\":\"%s\",\"pid\":%d,\"terminal\":%s,\"streams\":{",
                  states[p->state], p->inner_pid, p->has_terminal ? "true" : "false");
    for (int i = 0; i < 3; i++) {
        buffer_format(out, "%s\"%s\":", i ? "," : "", names[i]);
        stream_describe(p->streams[i], out);
    }
    buffer_text(out, "}}");
}

void processes_list(const struct request *r) {
    static const char *const states[] = {"creating", "created", "running", "stopped", "destroying"};
    struct buffer out;
    buffer_init(&out, REPLY_MAX);
    buffer_text(&out, "{\"containers\":[");
    for (struct container *c = container_first(); c; c = c->next) {
        buffer_text(&out, "{");
        json_write_member(&out, "container", c->id);
        buffer_format(&out, ",\"state\":\"%s\",\"processes\":[", states[c->state]);
        for (struct process *p = c->processes; p; p = p->next) {
            describe(p, &out);
            if (p->next)
                buffer_text(&out, ",");
        }
        buffer_text(&out, c->next ? "]}," : "]}");
    }
    buffer_text(&out, "]}");
    reply(r->ticket, out.data, out.length);
    buffer_free(&out);
}
