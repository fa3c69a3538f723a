// SPDX-License-Identifier: Apache-2.0
// Children of the agent that set up containers and processes, and how they report to it.
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { REPORT_MAX = 512, REPORT_FDS = 2 };

struct report {
    enum { REPORT_NONE, REPORT_READY, REPORT_TERMINAL, REPORT_FAILED, REPORT_CLOSED } kind;
    char code[32];
    char message[REPORT_MAX];
    // What came along, -1 where nothing did.
    int fds[REPORT_FDS];
};

// Forks into the cgroup (-1: the agent's) with CLONE_ flags. The child's signals are as a program
// expects them; it has the only other end of `*report`, which closes when it ends or executes
// another program.
pid_t child_fork(uint64_t flags, int cgroup, int *report);

// In the child: gives up, telling the agent (and the host) why.
_Noreturn void child_fail(const char *code, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void child_ready(void);
// The same, and hands descriptors over; -1 and what follows is left out.
void child_ready_with(const int fds[REPORT_FDS]);
void child_send_terminal(int fd);
// Closes what the agent has open, but standard input and output, the way of reports and these
// descriptors. For a child that may last: it must not keep the ends of other processes' pipes.
void child_keep_only(const int *fds, size_t count);
// Waits for a text from the agent, ended by NUL and to be freed.
char *child_receive(size_t *length);
// Waits until the agent has closed its end.
void child_wait_closed(void);

// In the agent: reads a report without blocking.
struct report child_read_report(int fd);
// In the agent: sends a text to a child that will receive it. False when it is too long.
bool child_send(int fd, const char *text, size_t length);

#endif
