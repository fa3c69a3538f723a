// SPDX-License-Identifier: Apache-2.0
#include "create.h"

#include "blank.h"
#include "cgroup.h"
#include "files.h"
#include "pod.h"
#include "pod_files.h"
#include "setup.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static bool valid_id(const char *id) {
    size_t length = strlen(id);
    for (size_t i = 0; i < length; i++) {
        if (!isalnum((unsigned char)id[i]) && !strchr("._-", id[i]))
            return false;
    }
    return length > 0 && length <= CONTAINER_ID_MAX && id[0] != '.';
}

static int open_namespace(pid_t pid, const char *name) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/%s", pid, name);
    return open(path, O_RDONLY | O_CLOEXEC);
}

static bool take_handles(struct container *c, const struct report *report) {
    c->files = report->fds[0];
    c->written = report->fds[1];
    c->mount_ns = open_namespace(c->child, "mnt");
    c->ipc_ns = open_namespace(c->child, "ipc");
    c->uts_ns = open_namespace(c->child, "uts");
    c->cgroup_ns = open_namespace(c->child, "cgroup");
    return c->mount_ns >= 0 && c->ipc_ns >= 0 && c->uts_ns >= 0 && c->cgroup_ns >= 0;
}

void container_set_up(struct container *c) {
    struct report report = child_read_report(c->setup.fd);
    if (report.kind == REPORT_NONE)
        return;
    bool ready = report.kind == REPORT_READY && take_handles(c, &report);
    loop_unwatch(&c->setup);
    close_fd(&c->setup.fd);
    if (c->state != CONTAINER_CREATING)
        container_advance(c);
    else if (report.kind == REPORT_FAILED)
        container_fail(c, report.code, report.message);
    else if (!ready)
        container_fail(c, "failed", "the set-up ended unexpectedly");
    else {
        c->state = CONTAINER_CREATED;
        // The pod's names may have changed meanwhile.
        pod_files_update(c);
        reply_done(c->creator);
    }
}

static void on_setup(struct watch *watch, uint32_t events) {
    (void)events;
    container_set_up((struct container *)watch);
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
    struct container *c = container_add(r, id, hostname);
    if (!c) {
        reply_error(r->ticket, "failed", "no room for container %s", id);
        return;
    }
    if (!pod_files_for(&r->json, r->root, c->hostname, &files)) {
        container_fail(c, "invalid", "bad 'hosts' or 'dns'");
        return;
    }
    c->files_version = files.version;
    if (!begin_from_blank(c, r, &files) && !begin_anew(c, r, &files)) {
        container_fail(c, "failed", strerror(errno));
        return;
    }
    c->setup.ready = on_setup;
    if (!cgroup_limit(c->cgroup, &r->json, json_get(&r->json, r->root, "limits"), false, &limit)) {
        container_fail(c, "invalid", limit);
        return;
    }
    loop_watch(&c->setup, EPOLLIN);
}
