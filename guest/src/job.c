// SPDX-License-Identifier: Apache-2.0
#include "job.h"

#include "child.h"
#include "files.h"
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { JOBS_MAX = 64 };

struct job {
    // First, so that the watch of its report is the job.
    struct watch report;
    struct job *next;
    pid_t pid;
    struct ticket ticket;
};

static struct job *jobs;
static int job_count;

static void finish(struct watch *watch, uint32_t events) {
    (void)events;
    struct job *job = (struct job *)watch;
    struct report report = child_read_report(watch->fd);
    if (report.kind == REPORT_NONE)
        return;
    if (report.kind == REPORT_READY)
        reply_done(job->ticket);
    else if (report.kind == REPORT_FAILED)
        reply_error(job->ticket, report.code, "%s", report.message);
    else
        reply_error(job->ticket, "failed", "the work ended unexpectedly");
    loop_unwatch(watch);
    close_fd(&watch->fd);
}

void job_exited(pid_t pid) {
    for (struct job **at = &jobs; *at; at = &(*at)->next) {
        struct job *job = *at;
        if (job->pid != pid)
            continue;
        if (job->report.fd >= 0)
            finish(&job->report, 0);
        *at = job->next;
        free(job);
        job_count--;
        return;
    }
}

void job_start(const struct request *r, void (*work)(const struct request *request)) {
    struct job *job = job_count < JOBS_MAX ? calloc(1, sizeof *job) : NULL;
    if (!job) {
        reply_error(r->ticket, "failed", "too many requests at work");
        return;
    }
    job->ticket = r->ticket;
    job->pid = child_fork(0, -1, &job->report.fd);
    if (job->pid == 0) {
        work(r);
        child_ready();
        _exit(0);
    }
    if (job->pid < 0) {
        reply_error(r->ticket, "failed", "can't fork: %s", strerror(errno));
        free(job);
        return;
    }
    job->report.ready = finish;
    job->next = jobs;
    jobs = job;
    job_count++;
    loop_watch(&job->report, EPOLLIN);
}
