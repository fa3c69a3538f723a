// SPDX-License-Identifier: Apache-2.0
#include "requests.h"

#include "blank.h"
#include "cgroup.h"
#include "changes.h"
#include "channel.h"
#include "container.h"
#include "create.h"
#include "device_filter.h"
#include "job.h"
#include "log.h"
#include "look.h"
#include "loop.h"
#include "modules.h"
#include "network.h"
#include "pack.h"
#include "pod.h"
#include "power.h"
#include "process.h"
#include "ps.h"
#include "services.h"
#include "stats.h"
#include "unpack.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void reply(struct ticket ticket, const char *json, size_t length) {
    if (ticket.id && ticket.epoch == channel_epoch())
        channel_message(FRAME_REPLY, ticket.id, json, length);
}

void reply_done(struct ticket ticket) {
    reply(ticket, "{}", 2);
}

void reply_error(struct ticket ticket, const char *code, const char *format, ...) {
    char message[1024];
    struct buffer out;
    if (!ticket.id || ticket.epoch != channel_epoch())
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    buffer_init(&out, 16384);
    buffer_text(&out, "{");
    json_write_member(&out, "code", code);
    buffer_text(&out, ",");
    json_write_member(&out, "message", message);
    buffer_text(&out, "}");
    channel_message(FRAME_ERROR, ticket.id, out.data, out.length);
    buffer_free(&out);
}

static void ping(const struct request *r) {
    struct buffer out;
    buffer_init(&out, 256);
    buffer_format(&out, "{\"uptimeMillis\":%" PRIu64 "}", monotonic_ms());
    reply(r->ticket, out.data, out.length);
    buffer_free(&out);
}

// Does ahead what the first container needs, so that a template has it.
static void prepare(const struct request *r) {
    const struct json_value *list = json_get(&r->json, r->root, "modules");
    for (const struct json_value *m = json_first(&r->json, list); m; m = json_next(&r->json, m)) {
        if (m->type != JSON_STRING || !module_load(m->text)) {
            reply_error(r->ticket, "failed", "can't load module %s", m->text ? m->text : "");
            return;
        }
    }
    device_filter_load();
    network_loopback_up();
    blank_prepare(r->ticket);
}

static void interface(const struct request *r) {
    job_start(r, NULL, JOB_WITHOUT_STREAM, network_interface);
}

static const struct {
    const char *name;
    void (*handle)(const struct request *request);
} operations[] = {
    {"ping", ping},
    {"prepare", prepare},
    {"setup", pod_setup},
    {"clock", pod_clock},
    {"interface", interface},
    {"create", container_create},
    {"destroy", container_destroy},
    {"process", process_start},
    {"signal", process_signal},
    {"resize", process_resize},
    {"acknowledge", process_acknowledge},
    {"list", processes_list},
    {"stats", stats_reply},
    {"services", services_replace},
    {"power-off", power_off},
};

// Work on a container that is done in a child.
static const struct {
    const char *name;
    enum job_stream stream;
    job_work *work;
} works[] = {
    {"limits", JOB_WITHOUT_STREAM, cgroup_change_limits},
    {"processes", JOB_OUTPUT, ps_list},
    {"changes", JOB_OUTPUT, changes_list},
    {"read-changes", JOB_OUTPUT, changes_layer},
    {"read-root", JOB_OUTPUT, pack_root},
    {"stat", JOB_OUTPUT, look_at},
    {"read-archive", JOB_OUTPUT, pack_archive},
    {"write-archive", JOB_INPUT, unpack_archive},
};

static void dispatch(const struct request *r) {
    const char *name = json_string(&r->json, r->root, "op", "");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].name, name) == 0) {
            operations[i].handle(r);
            return;
        }
    }
    for (size_t i = 0; i < sizeof works / sizeof *works; i++) {
        if (strcmp(works[i].name, name) == 0) {
            job_start_in_container(r, works[i].stream, works[i].work);
            return;
        }
    }
    reply_error(r->ticket, "unsupported", "no operation is named '%s'", name);
}

void request_handle(uint32_t id, const char *text, size_t length) {
    struct request request = {.ticket = {.id = id, .epoch = channel_epoch()}};
    if (id == 0) {
        log_line("dropped a request without an id");
        return;
    }
    char *copy = malloc(length + 1);
    if (!copy) {
        reply_error(request.ticket, "failed", "out of memory");
        return;
    }
    memcpy(copy, text, length);
    request.text = text;
    request.length = length;
    if (json_parse(&request.json, copy, length)) {
        request.root = json_root(&request.json);
        dispatch(&request);
    } else {
        reply_error(request.ticket, "invalid", "the request is not valid: %s", request.json.error);
    }
    json_free(&request.json);
    free(copy);
}
