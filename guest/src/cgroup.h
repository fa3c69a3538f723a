// SPDX-License-Identifier: Apache-2.0
// Control groups (version 2), one a container.
#ifndef CGROUP_H
#define CGROUP_H

#include "buffer.h"
#include "json.h"
#include "requests.h"

#include <stdbool.h>
#include <stdint.h>

struct container;

void cgroup_init(void);
// Makes a group. Returns a handle to its folder, -1 (errno) on failure.
int cgroup_create(const char *group);
// `replace`: the group may have had limits, those that are not given are taken away. False: the
// limit that could not be set is in `failed`.
bool cgroup_limit(int group, const struct json *json, const struct json_value *limits, bool replace,
                  const char **failed);
// In a child, as it may have to wait for memory: gives a container the limits of a request.
void cgroup_change_limits(const struct request *request, const struct container *container);
bool cgroup_freeze(int group, bool frozen);
// Waits until all that runs in it has halted. False when that takes too long.
bool cgroup_await_frozen(int group, int timeout_millis);
void cgroup_kill(int group);
void cgroup_signal_all(int group, int signal);
// Removes it and what the container made below it.
void cgroup_remove(const char *group);
uint64_t cgroup_oom_kills(int group);
// Adds the usage as members of a JSON object.
void cgroup_describe(int group, uint64_t machine_memory, struct buffer *out);

#endif
