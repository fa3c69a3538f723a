// SPDX-License-Identifier: Apache-2.0
#include "ipvs.h"

#include "modules.h"
#include "netlink.h"

#include <errno.h>
#include <linux/ip_vs.h>
#include <sys/socket.h>

// A service's address is a union that holds an IPv6 address as well.
enum { ADDRESS_SIZE = 16 };

static int family;

bool ipvs_begin(void) {
    if (!family) {
        module_load("ip_vs");
        module_load("ip_vs_rr");
        family = netlink_family(IPVS_GENL_NAME);
    }
    return family != 0;
}

static void add_address(struct netlink_request *request, int type, uint32_t address) {
    uint32_t all[ADDRESS_SIZE / sizeof address] = {address};
    netlink_add(request, type, all, sizeof all);
}

static void begin(struct netlink_request *request, int command, int protocol,
                  struct endpoint service) {
    static const char scheduler[] = "rr";
    static const struct ip_vs_flags flags = {.flags = 0, .mask = ~0U};
    uint16_t address_family = AF_INET, number = (uint16_t)protocol;
    uint32_t timeout = 0, netmask = ~0U;
    netlink_begin(request, family, 0, GENL_HDRLEN);
    request->body.generic =
        (struct genlmsghdr){.cmd = (uint8_t)command, .version = IPVS_GENL_VERSION};
    size_t nested = netlink_begin_nested(request, IPVS_CMD_ATTR_SERVICE);
    netlink_add(request, IPVS_SVC_ATTR_AF, &address_family, sizeof address_family);
    netlink_add(request, IPVS_SVC_ATTR_PROTOCOL, &number, sizeof number);
    add_address(request, IPVS_SVC_ATTR_ADDR, service.address);
    netlink_add(request, IPVS_SVC_ATTR_PORT, &service.port, sizeof service.port);
    if (command == IPVS_CMD_NEW_SERVICE) {
        netlink_add(request, IPVS_SVC_ATTR_SCHED_NAME, scheduler, sizeof scheduler);
        netlink_add(request, IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
        netlink_add(request, IPVS_SVC_ATTR_TIMEOUT, &timeout, sizeof timeout);
        netlink_add(request, IPVS_SVC_ATTR_NETMASK, &netmask, sizeof netmask);
    }
    netlink_end_nested(request, nested);
}

bool ipvs_add_service(int protocol, struct endpoint service) {
    struct netlink_request request;
    begin(&request, IPVS_CMD_NEW_SERVICE, protocol, service);
    return netlink_send_generic(&request) || errno == EEXIST;
}

bool ipvs_remove_service(int protocol, struct endpoint service) {
    struct netlink_request request;
    begin(&request, IPVS_CMD_DEL_SERVICE, protocol, service);
    return netlink_send_generic(&request) || errno == ESRCH;
}

static void add_backend(struct netlink_request *request, struct endpoint backend, bool all) {
    uint16_t address_family = AF_INET;
    uint32_t method = IP_VS_CONN_F_MASQ, weight = 1, threshold = 0;
    size_t nested = netlink_begin_nested(request, IPVS_CMD_ATTR_DEST);
    netlink_add(request, IPVS_DEST_ATTR_ADDR_FAMILY, &address_family, sizeof address_family);
    add_address(request, IPVS_DEST_ATTR_ADDR, backend.address);
    netlink_add(request, IPVS_DEST_ATTR_PORT, &backend.port, sizeof backend.port);
    if (all) {
        netlink_add(request, IPVS_DEST_ATTR_FWD_METHOD, &method, sizeof method);
        netlink_add(request, IPVS_DEST_ATTR_WEIGHT, &weight, sizeof weight);
        netlink_add(request, IPVS_DEST_ATTR_U_THRESH, &threshold, sizeof threshold);
        netlink_add(request, IPVS_DEST_ATTR_L_THRESH, &threshold, sizeof threshold);
    }
    netlink_end_nested(request, nested);
}

bool ipvs_add_backend(int protocol, struct endpoint service, struct endpoint backend) {
    struct netlink_request request;
    begin(&request, IPVS_CMD_NEW_DEST, protocol, service);
    add_backend(&request, backend, true);
    return netlink_send_generic(&request) || errno == EEXIST;
}

bool ipvs_remove_backend(int protocol, struct endpoint service, struct endpoint backend) {
    struct netlink_request request;
    begin(&request, IPVS_CMD_DEL_DEST, protocol, service);
    add_backend(&request, backend, false);
    return netlink_send_generic(&request) || errno == ENOENT || errno == ESRCH;
}
