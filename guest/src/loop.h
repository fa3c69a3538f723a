// SPDX-License-Identifier: Apache-2.0
// The event loop: one epoll, watches and timers owned by their users.
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

struct watch {
    int fd;
    bool added;
    void (*ready)(struct watch *watch, uint32_t events);
};

struct timer {
    uint64_t due;
    bool started;
    struct timer *next;
    void (*fire)(struct timer *timer);
};

void loop_init(void);
// Watches (again) for `events`; an edge-triggered watch that is ready is reported once more.
bool loop_watch(struct watch *watch, uint32_t events);
// Stops watching; the descriptor stays open.
void loop_unwatch(struct watch *watch);
void timer_start(struct timer *timer, uint64_t milliseconds);
void timer_stop(struct timer *timer);
uint64_t monotonic_ms(void);
// Never returns. `before_wait` is called before each wait.
_Noreturn void loop_run(void (*before_wait)(void));
// For a child process: the parent's watches are not its own.
void loop_abandon(void);

#endif
