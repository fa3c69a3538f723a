// SPDX-License-Identifier: Apache-2.0
#include "child.h"

#include "files.h"
#include "loop.h"

#include <errno.h>
#include <limits.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int report_fd = -1;

static void become_child(void) {
    sigset_t none;
    loop_abandon();
    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    file_write("/proc/self/oom_score_adj", "0");
}

pid_t child_fork(uint64_t flags, int cgroup, int *report) {
    int sockets[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) < 0)
        return -1;
    struct clone_args arguments = {.flags = flags, .exit_signal = SIGCHLD};
    if (cgroup >= 0) {
        arguments.flags |= CLONE_INTO_CGROUP;
        arguments.cgroup = (uint64_t)cgroup;
    }
    pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) {
        close(sockets[0]);
        report_fd = sockets[1];
        become_child();
        return 0;
    }
    int saved = errno;
    close(sockets[1]);
    if (pid < 0)
        close(sockets[0]);
    else
        *report = sockets[0];
    errno = saved;
    return pid;
}

_Noreturn void child_fail(const char *code, const char *format, ...) {
    char packet[1 + 32 + REPORT_MAX] = "F";
    snprintf(packet + 1, 32, "%s", code);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(packet + 33, REPORT_MAX, format, arguments);
    va_end(arguments);
    send(report_fd, packet, sizeof packet, MSG_NOSIGNAL);
    _exit(127);
}

static bool send_with(char kind, const int *fds, size_t count) {
    char control[CMSG_SPACE(REPORT_FDS * sizeof *fds)] = {0};
    struct iovec text = {.iov_base = &kind, .iov_len = 1};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = CMSG_SPACE(count * sizeof *fds)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof *fds);
    memcpy(CMSG_DATA(header), fds, count * sizeof *fds);
    return sendmsg(report_fd, &message, MSG_NOSIGNAL) >= 0;
}

void child_ready(void) {
    send(report_fd, "R", 1, MSG_NOSIGNAL);
}

void child_ready_with(const int fds[REPORT_FDS]) {
    size_t count = 0;
    while (count < REPORT_FDS && fds[count] >= 0)
        count++;
    if (!send_with('R', fds, count))
        child_fail("failed", "can't hand over descriptors: %s", strerror(errno));
}

void child_send_terminal(int fd) {
    if (!send_with('T', &fd, 1))
        child_fail("failed", "can't hand over the terminal: %s", strerror(errno));
}

static int kept_from(const int *fds, size_t count, int from) {
    int next = report_fd >= from ? report_fd : INT_MAX;
    for (size_t i = 0; i < count; i++) {
        if (fds[i] >= from && fds[i] < next)
            next = fds[i];
    }
    return next;
}

void child_keep_only(const int *fds, size_t count) {
    int from = STDERR_FILENO + 1;
    while (from < INT_MAX) {
        int next = kept_from(fds, count, from);
        if (next > from)
            syscall(SYS_close_range, from, next - 1, 0);
        from = next == INT_MAX ? next : next + 1;
    }
}

void child_wait_closed(void) {
    char byte;
    while (recv(report_fd, &byte, 1, 0) < 0 && errno == EINTR)
        ;
}

char *child_receive(size_t *length) {
    ssize_t size;
    do
        size = recv(report_fd, NULL, 0, MSG_PEEK | MSG_TRUNC);
    while (size < 0 && errno == EINTR);
    // The agent sends the NUL along; nothing means that it is gone or needs this child no more.
    char *text = size > 0 ? malloc((size_t)size) : NULL;
    if (!text || recv(report_fd, text, (size_t)size, 0) != size || text[size - 1] != '\0')
        _exit(0);
    *length = (size_t)size - 1;
    return text;
}

bool child_send(int fd, const char *text, size_t length) {
    struct iovec pieces[2] = {{(char *)text, length}, {"", 1}};
    struct msghdr message = {.msg_iov = pieces, .msg_iovlen = 2};
    return sendmsg(fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)length + 1;
}

struct report child_read_report(int fd) {
    struct report report = {.kind = REPORT_NONE, .fds = {-1, -1}};
    char packet[1 + 32 + REPORT_MAX] = {0};
    char control[CMSG_SPACE(sizeof report.fds)] = {0};
    struct iovec text = {.iov_base = packet, .iov_len = sizeof packet};
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t length = recvmsg(fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (length < 0 && (errno == EAGAIN || errno == EINTR))
        return report;
    if (length <= 0) {
        report.kind = REPORT_CLOSED;
        return report;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_type == SCM_RIGHTS)
        memcpy(report.fds, CMSG_DATA(header), header->cmsg_len - CMSG_LEN(0));
    switch (packet[0]) {
    case 'R':
        report.kind = REPORT_READY;
        break;
    case 'T':
        report.kind = REPORT_TERMINAL;
        break;
    default:
        report.kind = REPORT_FAILED;
        packet[sizeof packet - 1] = '\0';
        snprintf(report.code, sizeof report.code, "%.31s", packet + 1);
        snprintf(report.message, sizeof report.message, "%s", packet + 33);
    }
    return report;
}
