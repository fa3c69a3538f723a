// SPDX-License-Identifier: Apache-2.0
#include "container.h"

#include "blank.h"
#include "cgroup.h"
#include "child.h"
#include "files.h"
#include "log.h"
#include "pod.h"
#include "process.h"
#include "setup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
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

static bool valid_id(const char *id) {
    size_t length = strlen(id);
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)id[i]) && !strchr("._-", id[i]))
            return false;
    }
    return length > 0 && length <= CONTAINER_ID_MAX && id[0] != '.';
}

static void close_namespaces(struct container *c) {
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
    close_namespaces(c);
    close_fd(&c->cgroup);
    processes_forget(c);
    if (c->group[0])
        cgroup_remove(c->group);
    if (c->failure_code[0])
        reply_error(c->creator, c->failure_code, "container %s: %s", c->id, c->failure);
    if (c->destroyer.id)
        reply_done(c->destroyer);
    free(c->sysctls);
    free(c);
    if (!containers && when_all_gone)
        when_all_gone();
}

static int open_namespace(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static void advance(struct container *c);

static void fail_create(struct container *c, const char *code, const char *message) {
    snprintf(c->failure_code, sizeof c->failure_code, "%s", code);
    snprintf(c->failure, sizeof c->failure, "%s", message);
    if (c->child > 0)
        kill(c->child, SIGKILL);
    c->state = CONTAINER_DESTROYING;
    advance(c);
}

static void on_setup(struct watch *watch, uint32_t events) {
    (void)events;
    struct container *c = (struct container *)watch;
    struct report report = child_read_report(watch->fd);
    if (report.kind == REPORT_NONE)
        return;
    if (report.kind == REPORT_READY) {
        c->mount_ns = open_namespace(c->child, "mnt");
        c->ipc_ns = open_namespace(c->child, "ipc");
        c->uts_ns = open_namespace(c->child, "uts");
        c->cgroup_ns = open_namespace(c->child, "cgroup");
    }
    loop_unwatch(watch);
    close_fd(&watch->fd);
    if (c->state != CONTAINER_CREATING)
        advance(c);
    else if (report.kind == REPORT_FAILED)
        fail_create(c, report.code, report.message);
    else if (report.kind != REPORT_READY || c->mount_ns < 0 || c->ipc_ns < 0 || c->uts_ns < 0 ||
             c->cgroup_ns < 0)
        fail_create(c, "failed", "the set-up ended unexpectedly");
    else {
        c->state = CONTAINER_CREATED;
        reply_done(c->creator);
    }
}

static bool copy_sysctls(struct container *c, const struct json *json,
                         const struct json_value *create) {
    const struct json_value *sysctls = json_get(json, create, "sysctls");
    struct buffer lines;
    buffer_init(&lines, 16384);
    for (const struct json_value *s = json_first(json, sysctls); s; s = json_next(json, s)) {
        if (s->type == JSON_STRING && s->key) {
            buffer_text(&lines, s->key);
            buffer_add(&lines, "", 1);
            buffer_text(&lines, s->text);
            buffer_add(&lines, "", 1);
        }
    }
    c->sysctls = lines.data;
    c->sysctls_length = lines.length;
    return !lines.overflow;
}

static struct container *add(const struct request *r, const char *id, const char *hostname) {
    struct container *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    c->setup.fd = c->cgroup = -1;
    c->mount_ns = c->ipc_ns = c->uts_ns = c->cgroup_ns = c->pid_ns = -1;
    strcpy(c->id, id);
    strcpy(c->hostname, hostname);
    c->creator = r->ticket;
    c->next = containers;
    containers = c;
    container_count++;
    return c;
}

// A container that was begun ahead shares all that can be shared with its pod.
static bool begin_from_blank(struct container *c, const struct request *r,
                             const struct pod_files *files) {
    struct blank blank;
    if (r->length > BLANK_MAX_REQUEST || !setup_shares(&r->json, r->root, "ipc") ||
        !setup_shares(&r->json, r->root, "uts") || !blank_take(&blank))
        return false;
    c->child = blank.child;
    c->cgroup = blank.cgroup;
    c->setup.fd = blank.report;
    strcpy(c->group, blank.group);
    // If that fails, its end is what the host hears of.
    if (!setup_send(blank.report, r, files))
        kill(blank.child, SIGKILL);
    return true;
}

static bool begin_anew(struct container *c, const struct request *r,
                       const struct pod_files *files) {
    uint64_t flags = CLONE_NEWNS;
    if (setup_shares(&r->json, r->root, "ipc"))
        pod_shm_prepare();
    else
        flags |= CLONE_NEWIPC;
    if (!setup_shares(&r->json, r->root, "uts"))
        flags |= CLONE_NEWUTS;
    snprintf(c->group, sizeof c->group, "c.%s", c->id);
    c->cgroup = cgroup_create(c->group);
    pid_t child = c->cgroup < 0 ? -1 : child_fork(flags, c->cgroup, &c->setup.fd);
    if (child == 0)
        setup_run(r, c->hostname, files);
    c->child = child > 0 ? child : 0;
    return child > 0;
}

void container_create(const struct request *r) {
    struct pod_files files;
    const char *id = json_string(&r->json, r->root, "container", "");
    const char *hostname = json_string(&r->json, r->root, "hostname", pod_hostname());
    const char *limit = NULL;
    if (!valid_id(id) || strlen(hostname) > HOSTNAME_MAX) {
        reply_error(r->ticket, "invalid", "bad container id or host name");
        return;
    }
    if (container_find(id)) {
        reply_error(r->ticket, "exists", "container %s exists", id);
        return;
    }
    struct container *c = container_count < CONTAINERS_MAX ? add(r, id, hostname) : NULL;
    if (!c) {
        reply_error(r->ticket, "failed", "no room for container %s", id);
        return;
    }
    if (!copy_sysctls(c, &r->json, r->root)) {
        fail_create(c, "invalid", "too many sysctls");
        return;
    }
    if (!pod_files_for(&r->json, r->root, c->hostname, &files)) {
        fail_create(c, "invalid", "bad 'hosts' or 'dns'");
        return;
    }
    if (!begin_from_blank(c, r, &files) && !begin_anew(c, r, &files)) {
        fail_create(c, "failed", strerror(errno));
        return;
    }
    c->setup.ready = on_setup;
    if (!cgroup_limit(c->cgroup, &r->json, json_get(&r->json, r->root, "limits"), &limit)) {
        fail_create(c, "invalid", limit);
        return;
    }
    loop_watch(&c->setup, EPOLLIN);
}

// The namespaces' last owner is a child, so that writing back what a file system holds blocks
// nobody else.
static void release(struct container *c) {
    int report = -1;
    pid_t child = child_fork(0, -1, &report);
    if (child == 0) {
        close_namespaces(c);
        _exit(0);
    }
    close_namespaces(c);
    close_fd(&report);
    c->child = child > 0 ? child : 0;
    if (child < 0)
        forget(c);
}

static void advance(struct container *c) {
    if (c->state != CONTAINER_DESTROYING || c->child > 0 || processes_alive(c))
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
            on_setup(&c->setup, 0);
        else
            advance(c);
        return true;
    }
    return false;
}

void container_process_exited(struct container *c) {
    advance(c);
}

static void begin_destroy(struct container *c) {
    c->state = CONTAINER_DESTROYING;
    cgroup_kill(c->cgroup);
    advance(c);
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
        fail_create(c, "failed", "it was destroyed");
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

void container_freeze(const struct request *r, bool frozen) {
    const char *id = json_string(&r->json, r->root, "container", "");
    struct container *c = container_find(id);
    if (!c)
        reply_error(r->ticket, "unknown", "no container %s", id);
    else if (!cgroup_freeze(c->cgroup, frozen))
        reply_error(r->ticket, "failed", "container %s: %s", id, strerror(errno));
    else
        reply_done(r->ticket);
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
