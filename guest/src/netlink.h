// SPDX-License-Identifier: Apache-2.0
// Requests to the kernel's routing netlink.
#ifndef NETLINK_H
#define NETLINK_H

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
// Sends it and waits for the kernel's answer. False: errno says why.
bool netlink_send(struct netlink_request *request);

#endif
