// SPDX-License-Identifier: Apache-2.0
// Requests about processes that run or have ended.
#include "process.h"

#include "cgroup.h"
#include "streams.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

struct container *process_container(const struct request *r) {
    const char *id = json_string(&r->json, r->root, "container", "");
    struct container *c = container_find(id);
    if (!c)
        reply_error(r->ticket, "unknown", "no container %s", id);
    return c;
}

struct process *process_named(const struct request *r) {
    struct container *c = process_container(r);
    const char *id = json_string(&r->json, r->root, "process", "init");
    struct process *p = c ? process_find(c, id) : NULL;
    if (c && !p)
        reply_error(r->ticket, "unknown", "no process %s in container %s", id, c->id);
    return p;
}

void process_signal(const struct request *r) {
    uint64_t number = json_number(&r->json, r->root, "signal", 0);
    if (number == 0 || number > (uint64_t)SIGRTMAX) {
        reply_error(r->ticket, "invalid", "no signal has the number %" PRIu64, number);
        return;
    }
    if (json_bool(&r->json, r->root, "all", false)) {
        struct container *c = process_container(r);
        if (!c)
            return;
        cgroup_signal_all(c->cgroup, (int)number);
        reply_done(r->ticket);
        return;
    }
    struct process *p = process_named(r);
    if (!p)
        return;
    // Each process leads a group of its own. What must go goes with its children, which nobody
    // else would ever look for.
    pid_t whom = number == SIGKILL ? -p->pid : p->pid;
    if (p->state == PROCESS_EXITED || kill(whom, (int)number) < 0)
        reply_error(r->ticket, "conflict", "process %s of container %s has ended", p->id,
                    p->container->id);
    else
        reply_done(r->ticket);
}

void process_resize(const struct request *r) {
    struct process *p = process_named(r);
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
    struct process *p = process_named(r);
    if (!p)
        return;
    if (p->state != PROCESS_EXITED) {
        reply_error(r->ticket, "conflict", "process %s has not ended", p->id);
        return;
    }
    process_forget(p);
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
