// SPDX-License-Identifier: Apache-2.0
#include "services.h"

#include "ipvs.h"
#include "netlink.h"
#include "network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MAX_SERVICES = 1024, MAX_BACKENDS = 4096 };

struct service {
    struct service *next;
    struct endpoint endpoint;
    int protocol;
    // This part made the address the machine's.
    bool owned;
    size_t count;
    struct endpoint backends[];
};

// What the kernel has; after a failure, perhaps more than that.
static struct service *current;

static bool is_same(struct endpoint a, struct endpoint b) {
    return a.address == b.address && a.port == b.port;
}

static struct service *find(struct service *list, const struct service *wanted) {
    while (list &&
           (list->protocol != wanted->protocol || !is_same(list->endpoint, wanted->endpoint)))
        list = list->next;
    return list;
}

static bool has_backend(const struct service *s, struct endpoint backend) {
    for (size_t i = 0; s && i < s->count; i++) {
        if (is_same(s->backends[i], backend))
            return true;
    }
    return false;
}

static struct service *find_address(struct service *list, uint32_t address) {
    while (list && list->endpoint.address != address)
        list = list->next;
    return list;
}

static void free_list(struct service *list) {
    while (list) {
        struct service *next = list->next;
        free(list);
        list = next;
    }
}

// {"address": "10.0.0.1", "port": 80}
static bool parse_endpoint(const struct json *json, const struct json_value *value,
                           struct endpoint *result) {
    uint64_t port = json_number(json, value, "port", 0);
    result->port = htons((uint16_t)port);
    return port > 0 && port <= UINT16_MAX &&
           inet_pton(AF_INET, json_string(json, value, "address", ""), &result->address) == 1;
}

// NULL when it is wrong.
static struct service *parse_service(const struct json *json, const struct json_value *value) {
    const char *protocol = json_string(json, value, "protocol", "");
    const struct json_value *list = json_get(json, value, "backends");
    size_t count = list ? list->count : 0;
    struct service *s =
        count <= MAX_BACKENDS ? calloc(1, sizeof *s + count * sizeof *s->backends) : NULL;
    if (!s)
        return NULL;
    s->protocol = strcmp(protocol, "tcp") == 0   ? IPPROTO_TCP
                  : strcmp(protocol, "udp") == 0 ? IPPROTO_UDP
                                                 : 0;
    bool valid = s->protocol && parse_endpoint(json, value, &s->endpoint);
    for (const struct json_value *b = json_first(json, list); valid && b; b = json_next(json, b))
        valid = parse_endpoint(json, b, &s->backends[s->count++]);
    if (valid)
        return s;
    free(s);
    return NULL;
}

static bool parse_all(const struct json *json, const struct json_value *list,
                      struct service **result) {
    size_t services = 0, backends = 0;
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v)) {
        struct service *s = parse_service(json, v);
        if (!s)
            return false;
        s->next = *result;
        *result = s;
        backends += s->count;
        if (++services > MAX_SERVICES || backends > MAX_BACKENDS)
            return false;
    }
    return true;
}

// The address that the machine has towards one of the backends of this address.
static uint32_t source_of(uint32_t address, const struct service *list) {
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t length = sizeof own;
    uint32_t source = 0;
    for (; list && !source; list = list->next) {
        if (list->endpoint.address != address || list->count == 0)
            continue;
        struct sockaddr_in to = {.sin_family = AF_INET,
                                 .sin_addr.s_addr = list->backends[0].address,
                                 .sin_port = list->backends[0].port};
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
            getsockname(fd, (struct sockaddr *)&own, &length) == 0)
            source = own.sin_addr.s_addr;
        if (fd >= 0)
            close(fd);
    }
    return source;
}

// Adds or removes the address as one of this machine. It is a route and no address of `lo`: who
// connects to it gets `source` for its own address then, which backends can answer to.
static bool change_address(uint32_t address, int type, int flags, uint32_t source) {
    struct netlink_request request;
    int index = (int)if_nametoindex("lo");
    netlink_begin(&request, type, flags, sizeof request.body.route);
    request.body.route = (struct rtmsg){.rtm_family = AF_INET,
                                        .rtm_dst_len = 32,
                                        .rtm_table = RT_TABLE_LOCAL,
                                        .rtm_protocol = RTPROT_STATIC,
                                        .rtm_scope = RT_SCOPE_HOST,
                                        .rtm_type = RTN_LOCAL};
    netlink_add(&request, RTA_DST, &address, sizeof address);
    netlink_add(&request, RTA_OIF, &index, sizeof index);
    if (source)
        netlink_add(&request, RTA_PREFSRC, &source, sizeof source);
    return netlink_send(&request);
}

static bool take_address(struct service *s, struct service *wanted) {
    uint32_t address = s->endpoint.address;
    const struct service *before = find_address(current, address);
    uint32_t source = source_of(address, wanted);
    bool owned = before && before->owned;
    s->owned = change_address(address, RTM_NEWROUTE,
                              NLM_F_CREATE | (owned ? NLM_F_REPLACE : NLM_F_EXCL), source);
    // It may be the machine's own for another reason.
    return s->owned || errno == EEXIST;
}

static bool add(struct service *wanted) {
    for (struct service *s = wanted; s; s = s->next) {
        struct service *first = find_address(wanted, s->endpoint.address);
        if (first == s ? !take_address(s, wanted) : false)
            return false;
        s->owned = first->owned;
        if (!ipvs_add_service(s->protocol, s->endpoint))
            return false;
        for (size_t i = 0; i < s->count; i++) {
            if (!ipvs_add_backend(s->protocol, s->endpoint, s->backends[i]))
                return false;
        }
    }
    return true;
}

static bool remove_others(struct service *wanted) {
    bool done = true;
    for (struct service *s = current; s; s = s->next) {
        struct service *kept = find(wanted, s);
        if (!kept)
            done &= ipvs_remove_service(s->protocol, s->endpoint);
        for (size_t i = 0; kept && i < s->count; i++) {
            if (!has_backend(kept, s->backends[i]))
                done &= ipvs_remove_backend(s->protocol, s->endpoint, s->backends[i]);
        }
        if (s->owned && !find_address(wanted, s->endpoint.address))
            done &= change_address(s->endpoint.address, RTM_DELROUTE, 0, 0) || errno == ESRCH;
    }
    return done;
}

// Connections over backends that stay go on.
void services_replace(const struct request *r) {
    struct service *wanted = NULL;
    if (!parse_all(&r->json, json_get(&r->json, r->root, "services"), &wanted)) {
        reply_error(r->ticket, "invalid",
                    "'services' must have IPv4 addresses, ports, protocols tcp or udp, and not be "
                    "more than %d with %d backends",
                    MAX_SERVICES, MAX_BACKENDS);
        free_list(wanted);
        return;
    }
    if ((wanted || current) && !ipvs_begin()) {
        reply_error(r->ticket, "unsupported", "services: its kernel has no IPVS (ip_vs)");
        free_list(wanted);
        return;
    }
    if (add(wanted) && remove_others(wanted)) {
        free_list(current);
        current = wanted;
        reply_done(r->ticket);
        return;
    }
    reply_error(r->ticket, "failed", "can't set up the services: %s", strerror(errno));
    struct service **end = &wanted;
    while (*end)
        end = &(*end)->next;
    *end = current;
    current = wanted;
}
