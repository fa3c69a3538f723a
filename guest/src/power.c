// SPDX-License-Identifier: Apache-2.0
#include "power.h"

#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "loop.h"
#include "process.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/reboot.h>
#include <unistd.h>

enum { DEFAULT_GRACE_MS = 10000, FORCE_MS = 10000 };

static bool ending;

static void switch_off(void) {
    channel_flush();
    sync();
    reboot(RB_POWER_OFF);
    // Some machines can't be switched off, but reset.
    reboot(RB_AUTOBOOT);
}

static void force_off(struct timer *timer) {
    (void)timer;
    switch_off();
}

static void kill_all(struct timer *timer) {
    // A file system that can't be written back must not keep the machine alive.
    timer->fire = force_off;
    timer_start(timer, FORCE_MS);
    containers_destroy_all(switch_off);
}

static struct timer timer = {.fire = kill_all};

static bool any_alive(void) {
    for (struct container *c = container_first(); c; c = c->next) {
        if (processes_alive(c))
            return true;
    }
    return false;
}

void power_process_exited(void) {
    if (ending && timer.started && timer.fire == kill_all && !any_alive()) {
        timer_stop(&timer);
        kill_all(&timer);
    }
}

void power_off(const struct request *r) {
    reply_done(r->ticket);
    if (ending)
        return;
    ending = true;
    for (struct container *c = container_first(); c; c = c->next)
        cgroup_signal_all(c->cgroup, SIGTERM);
    timer_start(&timer, json_number(&r->json, r->root, "graceMillis", DEFAULT_GRACE_MS));
    power_process_exited();
}
