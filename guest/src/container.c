// SPDX-License-Identifier: Apache-2.0
#include "container.h"

#include "cgroup.h"
#include "child.h"
#include "create.h"
#include "files.h"
#include "job.h"
#include "process.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct container *containers;
static size_t container_count;
static void (*when_all_gone)(void);

struct container *container_first(void) {
    return containers;
}

struct container *container_find(const char *id) {
    for (struct container *c = containers; c; c = c->next) {
        if (strcmp(c->id, id) == 0)
            return c;
    }
    return NULL;
}

static void close_handles(struct container *c) {
    close_fd(&c->files);
    close_fd(&c->written);
    close_fd(&c->mount_ns);
    close_fd(&c->ipc_ns);
    close_fd(&c->uts_ns);
    close_fd(&c->cgroup_ns);
    close_fd(&c->pid_ns);
}

static void forget(struct container *c) {
    struct container **at = &containers;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    container_count--;
    loop_unwatch(&c->setup);
    close_fd(&c->setup.fd);
    close_handles(c);
    close_fd(&c->cgroup);
    processes_forget(c);
    if (c->group[0])
        cgroup_remove(c->group);
    if (c->failure_code[0])
        reply_error(c->creator, c->failure_code, "container %s: %s", c->id, c->failure);
    if (c->destroyer.id)
        reply_done(c->destroyer);
    free(c->request);
    free(c);
    if (!containers && when_all_gone)
        when_all_gone();
}

struct container *container_add(const struct request *r, const char *id, const char *hostname) {
    struct container *c = container_count < CONTAINERS_MAX ? calloc(1, sizeof *c) : NULL;
    char *request = c ? malloc(r->length) : NULL;
    if (!request) {
        free(c);
        return NULL;
    }
    c->setup.fd = c->cgroup = c->files = c->written = -1;
    c->mount_ns = c->ipc_ns = c->uts_ns = c->cgroup_ns = c->pid_ns = -1;
    strcpy(c->id, id);
    strcpy(c->hostname, hostname);
    memcpy(request, r->text, r->length);
    c->request = request;
    c->request_length = r->length;
    c->creator = r->ticket;
    c->next = containers;
    containers = c;
    container_count++;
    return c;
}

char *container_request(const struct container *c, struct json *json) {
    char *text = malloc(c->request_length + 1);
    if (!text)
        return NULL;
    memcpy(text, c->request, c->request_length);
    // It was parsed before, so only memory can be missing.
    if (json_parse(json, text, c->request_length))
        return text;
    json_free(json);
    free(text);
    return NULL;
}

void container_fail(struct container *c, const char *code, const char *message) {
    snprintf(c->failure_code, sizeof c->failure_code, "%s", code);
    snprintf(c->failure, sizeof c->failure, "%s", message);
    if (c->child > 0)
        kill(c->child, SIGKILL);
    c->state = CONTAINER_DESTROYING;
    container_advance(c);
}

// The last owner of its handles is a child, so that writing back what a file system holds blocks
// nobody else.
static void release(struct container *c) {
    int report = -1;
    pid_t child = child_fork(0, -1, &report);
    if (child == 0) {
        close_handles(c);
        _exit(0);
    }
    close_handles(c);
    close_fd(&report);
    c->child = child > 0 ? child : 0;
    if (child < 0)
        forget(c);
}

void container_advance(struct container *c) {
    if (c->state != CONTAINER_DESTROYING || c->child > 0 || processes_alive(c) || jobs_busy(c))
        return;
    if (c->mount_ns >= 0) {
        release(c);
        return;
    }
    forget(c);
}

bool container_child_exited(pid_t pid) {
    for (struct container *c = containers; c; c = c->next) {
        if (c->child != pid)
            continue;
        c->child = 0;
        if (c->setup.fd >= 0)
            container_set_up(c);
        else
            container_advance(c);
        return true;
    }
    return false;
}

static void begin_destroy(struct container *c) {
    c->state = CONTAINER_DESTROYING;
    cgroup_kill(c->cgroup);
    jobs_cancel(c);
    container_advance(c);
}

void container_destroy(const struct request *r) {
    const char *id = json_string(&r->json, r->root, "container", "");
    struct container *c = container_find(id);
    if (!c) {
        reply_error(r->ticket, "unknown", "no container %s", id);
        return;
    }
    if (c->destroyer.id) {
        reply_error(r->ticket, "conflict", "container %s is being destroyed", id);
        return;
    }
    if (c->state == CONTAINER_CREATING)
        container_fail(c, "failed", "it was destroyed");
    // If that was all, it is gone already.
    c = container_find(id);
    if (!c) {
        reply_done(r->ticket);
        return;
    }
    c->destroyer = r->ticket;
    if (c->state != CONTAINER_DESTROYING)
        begin_destroy(c);
}

bool container_halt(struct container *c) {
    if (c->halts == 0 && !cgroup_freeze(c->cgroup, true))
        return false;
    c->halts++;
    return true;
}

void container_go_on(struct container *c) {
    if (--c->halts == 0)
        cgroup_freeze(c->cgroup, false);
}

void containers_destroy_all(void (*done)(void)) {
    when_all_gone = done;
    if (!containers) {
        done();
        return;
    }
    for (struct container *c = containers, *next; c; c = next) {
        next = c->next;
        if (c->state != CONTAINER_DESTROYING)
            begin_destroy(c);
    }
}
