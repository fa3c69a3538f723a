// SPDX-License-Identifier: Apache-2.0
// Requests to the kernel over netlink.
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink_request {
    struct nlmsghdr header;
    union {
        struct ifinfomsg link;
        struct ifaddrmsg address;
        struct rtmsg route;
        struct genlmsghdr generic;
        char bytes[512];
    } body;
};

struct ip_address {
    int family;
    size_t length;
    unsigned char bytes[16];
    unsigned prefix;
};

// Parses "address" or "address/prefix" of either family.
bool ip_parse(const char *text, struct ip_address *result);

void netlink_begin(struct netlink_request *request, int type, int flags, size_t body);
void netlink_add(struct netlink_request *request, int type, const void *data, size_t length);
// Attributes that are added between begin and end are within that attribute.
size_t netlink_begin_nested(struct netlink_request *request, int type);
void netlink_end_nested(struct netlink_request *request, size_t begin);
// Sends it over routing netlink (`generic`: generic netlink) and waits for the kernel's answer.
// False: errno says why.
bool netlink_send(struct netlink_request *request);
bool netlink_send_generic(struct netlink_request *request);
// Number of a family of generic netlink, 0 when the kernel has none of this name.
int netlink_family(const char *name);

#endif
