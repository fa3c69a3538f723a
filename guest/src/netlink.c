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
    memcpy(RTA_DATA(attribute), data, length);
    request->header.nlmsg_len = (uint32_t)(start + RTA_LENGTH(length));
}

bool netlink_send(struct netlink_request *request) {
    union {
        struct nlmsghdr header;
        char bytes[4096];
    } answer;
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0)
        return false;
    ssize_t length = send(fd, request, request->header.nlmsg_len, 0);
    if (length > 0)
        length = recv(fd, &answer, sizeof answer, 0);
    int saved = errno;
    close(fd);
    errno = saved;
    if (length < (ssize_t)NLMSG_LENGTH(sizeof(struct nlmsgerr)) ||
        answer.header.nlmsg_type != NLMSG_ERROR)
        return false;
    const struct nlmsgerr *error = NLMSG_DATA(&answer.header);
    errno = -error->error;
    return error->error == 0;
}
