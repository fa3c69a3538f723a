// SPDX-License-Identifier: Apache-2.0
// The guest agent: first process of a virtual machine, which runs the containers of a pod as the
// host asks it to.
#include "boot.h"
#include "buffer.h"
#include "channel.h"
#include "devices.h"
#include "files.h"
#include "job.h"
#include "log.h"
#include "loop.h"
#include "power.h"
#include "process.h"
#include "requests.h"
#include "streams.h"
#include "xen_memory.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/utsname.h>
#include <unistd.h>

static void say_hello(void) {
    struct utsname system;
    struct buffer out;
    uname(&system);
    buffer_init(&out, 4096);
    buffer_text(
        &out, "{\"protocol\":{\"min\":1,\"max\":1},\"agent\":\"" AGENT_VERSION "\","
              "\"capabilities\":[\"layers\",\"disk\",\"share\",\"populate\",\"terminal\","
              "\"stats\",\"limits\",\"processes\",\"files\",\"changes\",\"layer\",\"services\"],");
    json_write_member(&out, "kernel", system.release);
    buffer_format(&out, ",\"uptimeMillis\":%" PRIu64 "}", monotonic_ms());
    channel_message(FRAME_HELLO, 0, out.data, out.length);
    buffer_free(&out);
}

static void on_connected(void) {
    jobs_forget_host();
    streams_suspend();
    say_hello();
    processes_resend_exits();
}

static void on_message(uint8_t type, uint32_t id, char *payload, size_t length) {
    switch (type) {
    case FRAME_REQUEST:
        request_handle(id, payload, length);
        break;
    case FRAME_DATA:
        streams_on_data(id, payload, length);
        break;
    case FRAME_EOF:
        streams_on_eof(id, payload, length);
        break;
    case FRAME_ACK:
        streams_on_ack(id, payload, length);
        break;
    case FRAME_CLOSE:
        streams_on_close(id);
        break;
    default:
        log_line("dropped a frame of type %u", type);
    }
}

static const struct channel_events channel_events = {
    .message = on_message, .connected = on_connected, .fill = streams_fill};

static void on_signal(struct watch *watch, uint32_t events) {
    struct signalfd_siginfo signal;
    (void)events;
    while (read(watch->fd, &signal, sizeof signal) > 0)
        ;
    processes_reap();
    power_process_exited();
}

static void watch_children(void) {
    static struct watch watch = {.ready = on_signal};
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    watch.fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (watch.fd < 0)
        fatal("signalfd: %s", strerror(errno));
    loop_watch(&watch, EPOLLIN);
}

// Devices that children wait for are seen by themselves; drivers are loaded by the watch.
static void on_device(void) {
}

static void before_wait(void) {
    static bool rest_done;
    channel_flush();
    // The first pause: a host that is already there was told first.
    if (!rest_done) {
        rest_done = true;
        boot_rest();
        xen_memory_start();
    }
}

int main(void) {
    int channel = boot();
    loop_init();
    watch_children();
    devices_start(on_device);
    channel_start(channel, &channel_events);
    loop_run(before_wait);
}
