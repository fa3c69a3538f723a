// SPDX-License-Identifier: Apache-2.0
#include "netlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool ip_parse(const char *text, struct ip_address *result) {
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    if (length >= sizeof address)
        return false;
    memcpy(address, text, length);
    address[length] = '\0';
    result->family = strchr(address, ':') ? AF_INET6 : AF_INET;
    result->length = result->family == AF_INET6 ? 16 : 4;
    if (inet_pton(result->family, address, result->bytes) != 1)
        return false;
    result->prefix = (unsigned)result->length * 8;
    if (slash) {
        char *end;
        unsigned long prefix = strtoul(slash + 1, &end, 10);
        if (end == slash + 1 || *end || prefix > result->prefix)
            return false;
        result->prefix = (unsigned)prefix;
    }
    return true;
}

void netlink_begin(struct netlink_request *request, int type, int flags, size_t body) {
    memset(request, 0, sizeof *request);
    request->header.nlmsg_len = NLMSG_LENGTH(body);
    request->header.nlmsg_type = (uint16_t)type;
    request->header.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
}

void netlink_add(struct netlink_request *request, int type, const void *data, size_t length) {
    size_t start = NLMSG_ALIGN(request->header.nlmsg_len);
    if (start + RTA_SPACE(length) > sizeof *request)
        abort();
    struct rtattr *attribute = (struct rtattr *)((char *)request + start);
    attribute->rta_type = (unsigned short)type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(length);
    if (length)
        memcpy(RTA_DATA(attribute), data, length);
    request->header.nlmsg_len = (uint32_t)(start + RTA_LENGTH(length));
}

size_t netlink_begin_nested(struct netlink_request *request, int type) {
    size_t begin = NLMSG_ALIGN(request->header.nlmsg_len);
    netlink_add(request, type, NULL, 0);
    return begin;
}

void netlink_end_nested(struct netlink_request *request, size_t begin) {
    struct rtattr *attribute = (struct rtattr *)((char *)request + begin);
    attribute->rta_len = (unsigned short)(request->header.nlmsg_len - begin);
}

union answer {
    struct nlmsghdr header;
    char bytes[4096];
};

// Returns the length of the answer, 0 on failure.
static size_t ask(int protocol, const struct netlink_request *request, union answer *answer) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0)
        return 0;
    ssize_t length = send(fd, request, request->header.nlmsg_len, 0);
    if (length > 0)
        length = recv(fd, answer, sizeof *answer, 0);
    int saved = errno;
    close(fd);
    errno = saved;
    return length > 0 ? (size_t)length : 0;
}

static bool send_to(int protocol, const struct netlink_request *request) {
    union answer answer;
    size_t length = ask(protocol, request, &answer);
    if (length < NLMSG_LENGTH(sizeof(struct nlmsgerr)) || answer.header.nlmsg_type != NLMSG_ERROR)
        return false;
    const struct nlmsgerr *error = NLMSG_DATA(&answer.header);
    errno = -error->error;
    return error->error == 0;
}

bool netlink_send(struct netlink_request *request) {
    return send_to(NETLINK_ROUTE, request);
}

bool netlink_send_generic(struct netlink_request *request) {
    return send_to(NETLINK_GENERIC, request);
}

int netlink_family(const char *name) {
    union answer answer;
    struct netlink_request request;
    netlink_begin(&request, GENL_ID_CTRL, 0, GENL_HDRLEN);
    request.header.nlmsg_flags = NLM_F_REQUEST;
    request.body.generic = (struct genlmsghdr){.cmd = CTRL_CMD_GETFAMILY, .version = 1};
    netlink_add(&request, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
    int left = (int)ask(NETLINK_GENERIC, &request, &answer);
    if (left < (int)NLMSG_LENGTH(GENL_HDRLEN) || answer.header.nlmsg_type != GENL_ID_CTRL)
        return 0;
    struct rtattr *at = (struct rtattr *)((char *)NLMSG_DATA(&answer.header) + GENL_HDRLEN);
    for (left -= NLMSG_LENGTH(GENL_HDRLEN); RTA_OK(at, left); at = RTA_NEXT(at, left)) {
        if (at->rta_type == CTRL_ATTR_FAMILY_ID)
            return *(const uint16_t *)RTA_DATA(at);
    }
    return 0;
}
