// SPDX-License-Identifier: Apache-2.0
#include "blank.h"

#include "cgroup.h"
#include "child.h"
#include "files.h"
#include "loop.h"
#include "pod.h"
#include "setup.h"

#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

static struct watch watch = {.fd = -1};
static struct blank blank;
static bool ready;
static struct ticket requester;
static unsigned made;

static void drop(void) {
    loop_unwatch(&watch);
    close_fd(&watch.fd);
    close_fd(&blank.cgroup);
    blank.child = 0;
    ready = false;
}

static void on_report(struct watch *unused, uint32_t events) {
    (void)unused;
    (void)events;
    struct report report = child_read_report(watch.fd);
    if (report.kind == REPORT_NONE)
        return;
    if (report.kind == REPORT_READY) {
        ready = true;
        loop_unwatch(&watch);
        reply_done(requester);
        return;
    }
    reply_error(requester, "failed", "can't prepare a container: %s", report.message);
    // What is left is the child's end, which blank_child_exited sees.
    loop_unwatch(&watch);
}

void blank_prepare(struct ticket ticket) {
    if (blank.child > 0) {
        reply_done(ticket);
        return;
    }
    pod_shm_prepare();
    snprintf(blank.group, sizeof blank.group, "b.%u", ++made);
    blank.cgroup = cgroup_create(blank.group);
    pid_t child = blank.cgroup < 0 ? -1 : child_fork(CLONE_NEWNS, blank.cgroup, &watch.fd);
    if (child == 0)
        setup_run_blank();
    if (child < 0) {
        reply_error(ticket, "failed", "can't prepare a container: %s", strerror(errno));
        drop();
        cgroup_remove(blank.group);
        return;
    }
    blank.child = child;
    requester = ticket;
    watch.ready = on_report;
    loop_watch(&watch, EPOLLIN);
}

bool blank_take(struct blank *result) {
    if (!ready)
        return false;
    *result = blank;
    result->report = watch.fd;
    watch.fd = blank.cgroup = -1;
    drop();
    return true;
}

bool blank_child_exited(pid_t pid) {
    if (blank.child != pid)
        return false;
    drop();
    cgroup_remove(blank.group);
    return true;
}
