// SPDX-License-Identifier: Apache-2.0
#include "xen_memory.h"

#include "loop.h"
#include "stats.h"
#include "xenstore.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

// Xen's balloon takes what it is told to, until the guest's kernel kills processes or gives up.
// Each question is another text, which is repeated in the answer. Guests write below `data` only.
static const char question[] = "memory/hyper-asked";
static const char answer[] = "data/hyper-available";

static void tell(void) {
    char asked[32], text[64];
    if (xenstore_read(question, asked, sizeof asked) <= 0)
        return;
    snprintf(text, sizeof text, "%s %" PRIu64, asked, stats_available_memory());
    xenstore_write(answer, text);
}

static void on_ready(struct watch *watch, uint32_t events) {
    (void)events;
    int next = xenstore_next(watch->fd);
    if (next > 0)
        tell();
    if (next < 0) {
        loop_unwatch(watch);
        close(watch->fd);
    }
}

void xen_memory_start(void) {
    static struct watch watch = {.ready = on_ready};
    watch.fd = xenstore_watch(question);
    if (watch.fd >= 0)
        loop_watch(&watch, EPOLLIN);
}
