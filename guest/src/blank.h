// SPDX-License-Identifier: Apache-2.0
// A container that waits for its request: what is the same for all was done ahead, at best before a
// template of the machine was made.
#ifndef BLANK_H
#define BLANK_H

#include "requests.h"

#include <stdbool.h>
#include <sys/types.h>

// A longer request does not fit into the buffer of the socket to the waiting child.
enum { BLANK_GROUP = 16, BLANK_MAX_REQUEST = 64 * 1024 };

struct blank {
    pid_t child;
    int report;
    int cgroup;
    char group[BLANK_GROUP];
};

// Makes one unless there is one; replies when it is ready.
void blank_prepare(struct ticket ticket);
// Hands it over to the caller. False when none is ready.
bool blank_take(struct blank *result);
// True when `pid` was that of the waiting child.
bool blank_child_exited(pid_t pid);

#endif
