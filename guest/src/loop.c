// SPDX-License-Identifier: Apache-2.0
#include "loop.h"

#include "log.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 32 };

static int epoll_fd = -1;
static struct epoll_event batch[BATCH];
static int batch_count;
static struct timer *timers;

void loop_init(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        fatal("epoll_create1: %s", strerror(errno));
}

void loop_abandon(void) {
    close(epoll_fd);
    epoll_fd = -1;
}

bool loop_watch(struct watch *watch, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = watch};
    int operation = watch->added ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (epoll_ctl(epoll_fd, operation, watch->fd, &event) < 0) {
        log_line("epoll_ctl on descriptor %d: %s", watch->fd, strerror(errno));
        return false;
    }
    watch->added = true;
    return true;
}

void loop_unwatch(struct watch *watch) {
    if (!watch->added)
        return;
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, watch->fd, NULL);
    watch->added = false;
    // It may be waiting in the batch that is being worked through.
    for (int i = 0; i < batch_count; i++) {
        if (batch[i].data.ptr == watch)
            batch[i].data.ptr = NULL;
    }
}

uint64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void timer_stop(struct timer *timer) {
    if (!timer->started)
        return;
    struct timer **at = &timers;
    while (*at != timer)
        at = &(*at)->next;
    *at = timer->next;
    timer->started = false;
}

void timer_start(struct timer *timer, uint64_t milliseconds) {
    timer_stop(timer);
    timer->due = monotonic_ms() + milliseconds;
    struct timer **at = &timers;
    while (*at && (*at)->due <= timer->due)
        at = &(*at)->next;
    timer->next = *at;
    *at = timer;
    timer->started = true;
}

static int fire_timers(void) {
    while (timers) {
        uint64_t now = monotonic_ms();
        if (timers->due > now) {
            uint64_t wait = timers->due - now;
            return wait > 3600000 ? 3600000 : (int)wait;
        }
        struct timer *timer = timers;
        timer_stop(timer);
        timer->fire(timer);
    }
    return -1;
}

_Noreturn void loop_run(void (*before_wait)(void)) {
    while (true) {
        int timeout = fire_timers();
        before_wait();
        int count = epoll_wait(epoll_fd, batch, BATCH, timeout);
        if (count < 0 && errno != EINTR)
            fatal("epoll_wait: %s", strerror(errno));
        batch_count = count > 0 ? count : 0;
        for (int i = 0; i < batch_count; i++) {
            struct watch *watch = batch[i].data.ptr;
            if (watch)
                watch->ready(watch, batch[i].events);
        }
        batch_count = 0;
    }
}
