// SPDX-License-Identifier: Apache-2.0
// Who a process is and what it may do: user, groups, capabilities, resource limits.
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include "json.h"
#include "users.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

enum { RLIMITS_MAX = 16 };

struct credentials {
    struct identity identity;
    uint64_t capabilities;
    bool no_new_privileges;
    struct {
        int resource;
        struct rlimit limit;
    } rlimits[RLIMITS_MAX];
    size_t rlimit_count;
};

// In the child, inside the container: reads them from the request and the container's files.
void credentials_resolve(const struct json *json, const struct json_value *process, bool privileged,
                         struct credentials *result);
void credentials_assume(const struct credentials *credentials);
// In a child: sets the capabilities of root to these (bits by their numbers).
void capabilities_set(uint64_t set);

#endif
