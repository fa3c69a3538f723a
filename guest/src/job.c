// SPDX-License-Identifier: Apache-2.0
#include "job.h"

#include "child.h"
#include "files.h"
#include "loop.h"
#include "modules.h"
#include "process.h"
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
    struct container *container;
    enum job_stream direction;
    uint32_t stream;
    // The container's processes are halted until it ends.
    bool halting;
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
    else if (job->container && job->container->state == CONTAINER_DESTROYING)
        reply_error(job->ticket, "conflict", "container %s was destroyed", job->container->id);
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
        struct container *container = job->container;
        if (job->report.fd >= 0)
            finish(&job->report, 0);
        if (job->direction == JOB_INPUT)
            stream_end_input(job->stream);
        if (job->halting)
            container_go_on(container);
        *at = job->next;
        free(job);
        job_count--;
        if (container)
            container_advance(container);
        return;
    }
}

bool jobs_busy(const struct container *container) {
    for (const struct job *job = jobs; job; job = job->next) {
        if (job->container == container)
            return true;
    }
    return false;
}

void jobs_cancel(const struct container *container) {
    for (const struct job *job = jobs; job; job = job->next) {
        if (job->container == container)
            kill(job->pid, SIGKILL);
    }
}

void jobs_forget_host(void) {
    for (const struct job *job = jobs; job; job = job->next) {
        if (job->direction != JOB_WITHOUT_STREAM)
            kill(job->pid, SIGKILL);
    }
}

static _Noreturn void run(const struct request *r, const struct container *c,
                          enum job_stream direction, int stream, job_work *work) {
    const int kept[] = {modules_folder(), c ? c->mount_ns : -1, c ? c->cgroup : -1,
                        c ? c->written : -1};
    if (stream >= 0 && dup2(stream, direction == JOB_INPUT ? STDIN_FILENO : STDOUT_FILENO) < 0)
        child_fail("failed", "stream: %s", strerror(errno));
    child_keep_only(kept, sizeof kept / sizeof *kept);
    work(r, c);
    child_ready();
    _exit(0);
}

// Makes the stream of a job. Returns the child's end of its pipe, -1 (after an error was replied)
// on failure.
static int open_stream(struct job *job, const struct request *r) {
    uint64_t id = json_number(&r->json, r->root, "stream", 0);
    int pair[2];
    if (id > UINT32_MAX || !stream_id_free((uint32_t)id)) {
        reply_error(r->ticket, "invalid", "'stream' must be new and above 0");
        return -1;
    }
    if (pipe2(pair, O_CLOEXEC) < 0) {
        reply_error(r->ticket, "failed", "pipe: %s", strerror(errno));
        return -1;
    }
    // As large as the window; a smaller one only means more turns.
    (void)fcntl(pair[0], F_SETPIPE_SZ, STREAM_WINDOW);
    bool input = job->direction == JOB_INPUT;
    int ours = pair[input ? 1 : 0], theirs = pair[input ? 0 : 1];
    fcntl(ours, F_SETFL, O_NONBLOCK);
    job->stream = (uint32_t)id;
    if (!(input ? stream_add_input(job->stream, ours, STREAM_OF_REQUEST)
                : stream_add_output(job->stream, ours, STREAM_OF_REQUEST))) {
        reply_error(r->ticket, "failed", "too many streams");
        close_fd(&theirs);
    }
    return theirs;
}

void job_start(const struct request *r, struct container *c, enum job_stream direction,
               job_work *work) {
    int theirs = -1;
    struct job *job = job_count < JOBS_MAX ? calloc(1, sizeof *job) : NULL;
    if (!job) {
        reply_error(r->ticket, "failed", "too many requests at work");
        return;
    }
    job->ticket = r->ticket;
    job->container = c;
    job->direction = direction;
    if (direction != JOB_WITHOUT_STREAM && (theirs = open_stream(job, r)) < 0) {
        free(job);
        return;
    }
    job->halting = c && json_bool(&r->json, r->root, "freeze", false) && container_halt(c);
    job->pid = child_fork(0, -1, &job->report.fd);
    if (job->pid == 0)
        run(r, c, direction, theirs, work);
    close_fd(&theirs);
    if (job->pid < 0) {
        reply_error(r->ticket, "failed", "can't fork: %s", strerror(errno));
        streams_on_close(job->stream);
        if (job->halting)
            container_go_on(c);
        free(job);
        return;
    }
    job->report.ready = finish;
    job->next = jobs;
    jobs = job;
    job_count++;
    loop_watch(&job->report, EPOLLIN);
}

void job_start_in_container(const struct request *r, enum job_stream direction, job_work *work) {
    struct container *c = process_container(r);
    if (!c)
        return;
    if (c->state == CONTAINER_CREATING || c->state == CONTAINER_DESTROYING)
        reply_error(r->ticket, "conflict", "container %s is being %s", c->id,
                    c->state == CONTAINER_CREATING ? "created" : "destroyed");
    else
        job_start(r, c, direction, work);
}
