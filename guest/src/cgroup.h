// SPDX-License-Identifier: Apache-2.0
// Control groups (version 2), one a container.
#ifndef CGROUP_H
#define CGROUP_H

#include "buffer.h"
#include "json.h"

#include <stdbool.h>
#include <stdint.h>

void cgroup_init(void);
// Makes a group. Returns a handle to its folder, -1 (errno) on failure.
int cgroup_create(const char *group);
// False: the limit that could not be set is in `failed`.
bool cgroup_limit(int group, const struct json *json, const struct json_value *limits,
                  const char **failed);
bool cgroup_freeze(int group, bool frozen);
void cgroup_kill(int group);
void cgroup_signal_all(int group, int signal);
// Removes it and what the container made below it.
void cgroup_remove(const char *group);
uint64_t cgroup_oom_kills(int group);
// Adds the usage as members of a JSON object.
void cgroup_describe(int group, uint64_t machine_memory, struct buffer *out);

#endif
