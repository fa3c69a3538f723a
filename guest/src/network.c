// SPDX-License-Identifier: Apache-2.0
#include "network.h"

#include "child.h"
#include "devices.h"
#include "files.h"
#include "loop.h"
#include "netlink.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DEFAULT_WAIT_MS = 10000, MAC_LENGTH = 6 };

// Calls `use` for each interface until it returns true. False when none did.
static bool each_interface(bool (*use)(const char *name, void *context), void *context) {
    bool done = false;
    DIR *entries = opendir("/sys/class/net");
    struct dirent *entry;
    while (entries && !done && (entry = readdir(entries))) {
        if (entry->d_name[0] != '.' && strlen(entry->d_name) < IFNAMSIZ)
            done = use(entry->d_name, context);
    }
    if (entries)
        closedir(entries);
    return done;
}

bool network_loopback_up(void) {
    struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool done = fd >= 0 && ioctl(fd, SIOCSIFFLAGS, &request) == 0;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    errno = saved;
    return done;
}

bool sysctl_write(const char *name, const char *value) {
    char path[256];
    int length = snprintf(path, sizeof path, "/proc/sys/%s", name);
    if (length < 0 || (size_t)length >= sizeof path || strstr(name, "..") || name[0] == '/') {
        errno = EINVAL;
        return false;
    }
    for (char *at = path + strlen("/proc/sys/"); *at; at++) {
        if (*at == '.')
            *at = '/';
    }
    return file_write(path, value);
}

struct wanted {
    const char *mac;
    char name[IFNAMSIZ];
};

static bool has_mac(const char *name, void *context) {
    struct wanted *wanted = context;
    char path[64], mac[32];
    snprintf(path, sizeof path, "/sys/class/net/%s/address", name);
    if (file_read_line(path, mac, sizeof mac) <= 0 || strcasecmp(mac, wanted->mac) != 0)
        return false;
    snprintf(wanted->name, sizeof wanted->name, "%s", name);
    return true;
}

static void await_interface(struct wanted *wanted, int milliseconds) {
    if (each_interface(has_mac, wanted))
        return;
    devices_init();
    uint64_t end = monotonic_ms() + (uint64_t)milliseconds;
    while (!each_interface(has_mac, wanted)) {
        uint64_t now = monotonic_ms();
        if (now >= end)
            child_fail("no-device", "no network interface with the address %s", wanted->mac);
        devices_wait((int)(end - now));
    }
}

static void send_or_fail(struct netlink_request *request, const char *what, const char *value) {
    if (!netlink_send(request))
        child_fail("failed", "can't set %s %s: %s", what, value, strerror(errno));
}

static void change_link(int index, unsigned flags, unsigned change, int attribute, const void *data,
                        size_t length, const char *what, const char *value) {
    struct netlink_request request;
    netlink_begin(&request, RTM_NEWLINK, 0, sizeof request.body.link);
    request.body.link.ifi_family = AF_UNSPEC;
    request.body.link.ifi_index = index;
    request.body.link.ifi_flags = flags;
    request.body.link.ifi_change = change;
    if (data)
        netlink_add(&request, attribute, data, length);
    send_or_fail(&request, what, value);
}

static void set_mac(int index, const char *text) {
    unsigned char mac[MAC_LENGTH];
    char end;
    if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", &mac[0], &mac[1], &mac[2], &mac[3],
               &mac[4], &mac[5], &end) != MAC_LENGTH)
        child_fail("invalid", "bad address '%s'", text);
    change_link(index, 0, 0, IFLA_ADDRESS, mac, sizeof mac, "address", text);
}

// Whoever has heard of the interface's addresses knows them by the old hardware address.
static void announce_when_up(const char *name) {
    char path[96];
    snprintf(path, sizeof path, "/proc/sys/net/ipv4/conf/%s/arp_notify", name);
    if (!file_write(path, "1"))
        child_fail("failed", "can't write %s: %s", path, strerror(errno));
}

static void add_address(int index, const char *text) {
    struct ip_address ip;
    struct netlink_request request;
    uint32_t flags = IFA_F_NODAD;
    if (!ip_parse(text, &ip))
        child_fail("invalid", "bad address '%s'", text);
    netlink_begin(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, sizeof request.body.address);
    request.body.address.ifa_family = (uint8_t)ip.family;
    request.body.address.ifa_prefixlen = (uint8_t)ip.prefix;
    request.body.address.ifa_index = (uint32_t)index;
    netlink_add(&request, IFA_LOCAL, ip.bytes, ip.length);
    netlink_add(&request, IFA_ADDRESS, ip.bytes, ip.length);
    if (ip.family == AF_INET && ip.prefix < 31) {
        unsigned char broadcast[4];
        for (unsigned i = 0; i < 4; i++) {
            unsigned bits = ip.prefix > 8 * i ? ip.prefix - 8 * i : 0;
            broadcast[i] = (unsigned char)(ip.bytes[i] | (bits >= 8 ? 0 : 0xFF >> bits));
        }
        netlink_add(&request, IFA_BROADCAST, broadcast, sizeof broadcast);
    }
    netlink_add(&request, IFA_FLAGS, &flags, sizeof flags);
    send_or_fail(&request, "address", text);
}

static void add_route(int index, const struct json *json, const struct json_value *route) {
    const char *destination = json_string(json, route, "destination", "");
    const char *gateway = json_string(json, route, "gateway", NULL);
    struct ip_address to, via;
    struct netlink_request request;
    if (!ip_parse(destination, &to) || (gateway && !ip_parse(gateway, &via)))
        child_fail("invalid", "bad route to '%s'", destination);
    netlink_begin(&request, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof request.body.route);
    request.body.route = (struct rtmsg){.rtm_family = (uint8_t)to.family,
                                        .rtm_dst_len = (uint8_t)to.prefix,
                                        .rtm_table = RT_TABLE_MAIN,
                                        .rtm_protocol = RTPROT_STATIC,
                                        .rtm_type = RTN_UNICAST};
    request.body.route.rtm_scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
    if (json_bool(json, route, "onLink", false))
        request.body.route.rtm_flags = RTNH_F_ONLINK;
    if (to.prefix > 0)
        netlink_add(&request, RTA_DST, to.bytes, to.length);
    if (gateway)
        netlink_add(&request, RTA_GATEWAY, via.bytes, via.length);
    uint32_t metric = (uint32_t)json_number(json, route, "metric", 0);
    if (metric)
        netlink_add(&request, RTA_PRIORITY, &metric, sizeof metric);
    netlink_add(&request, RTA_OIF, &index, sizeof index);
    send_or_fail(&request, "route to", destination);
}

void network_interface(const struct request *r, const struct container *none) {
    (void)none;
    const struct json *json = &r->json;
    struct wanted wanted = {.mac = json_string(json, r->root, "mac", "")};
    const char *name = json_string(json, r->root, "name", NULL);
    const char *new_mac = json_string(json, r->root, "newMac", NULL);
    int wait = (int)json_number(json, r->root, "timeoutMillis", DEFAULT_WAIT_MS);
    await_interface(&wanted, wait);
    int index = (int)if_nametoindex(wanted.name);
    if (new_mac || (name && strcmp(name, wanted.name) != 0))
        change_link(index, 0, IFF_UP, 0, NULL, 0, "down", wanted.name);
    if (new_mac) {
        set_mac(index, new_mac);
        announce_when_up(wanted.name);
    }
    if (name && strcmp(name, wanted.name) != 0)
        change_link(index, 0, 0, IFLA_IFNAME, name, strlen(name) + 1, "name", name);
    uint32_t mtu = (uint32_t)json_number(json, r->root, "mtu", 0);
    if (mtu)
        change_link(index, 0, 0, IFLA_MTU, &mtu, sizeof mtu, "mtu of", wanted.name);
    change_link(index, IFF_UP, IFF_UP, 0, NULL, 0, "up", wanted.name);
    const struct json_value *list = json_get(json, r->root, "addresses");
    for (const struct json_value *a = json_first(json, list); a; a = json_next(json, a))
        add_address(index, a->type == JSON_STRING ? a->text : "");
    list = json_get(json, r->root, "routes");
    for (const struct json_value *route = json_first(json, list); route;
         route = json_next(json, route))
        add_route(index, json, route);
}

static uint64_t counter(const char *name, const char *file) {
    char path[96];
    snprintf(path, sizeof path, "/sys/class/net/%s/statistics/%s", name, file);
    return file_read_number(path, 0);
}

static bool describe(const char *name, void *context) {
    static const char *const files[][2] = {
        {"rx_bytes", "receivedBytes"},  {"rx_packets", "receivedPackets"},
        {"rx_errors", "receiveErrors"}, {"rx_dropped", "receiveDropped"},
        {"tx_bytes", "sentBytes"},      {"tx_packets", "sentPackets"},
        {"tx_errors", "sendErrors"},    {"tx_dropped", "sendDropped"}};
    struct buffer *out = context;
    buffer_text(out, out->data[out->length - 1] == '[' ? "{" : ",{");
    json_write_member(out, "name", name);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        buffer_format(out, ",\"%s\":%" PRIu64, files[i][1], counter(name, files[i][0]));
    buffer_text(out, "}");
    return false;
}

void network_describe(struct buffer *out) {
    buffer_text(out, "[");
    each_interface(describe, out);
    buffer_text(out, "]");
}
