// SPDX-License-Identifier: Apache-2.0
// What the agent writes into a container's /etc: hosts, host name, name service.
#ifndef POD_FILES_H
#define POD_FILES_H

#include "container.h"
#include "json.h"

#include <stdbool.h>

struct pod_files {
    const char *hosts;
    const char *resolv_conf;
    const char *hostname;
    // Counts the changes of what they are made of.
    unsigned version;
};

// Takes "hosts" and "dns" of a request `setup`, for all containers. False when they are wrong.
bool pod_files_set(const struct json *json, const struct json_value *setup);
// The files of a container; `create` may add "hosts" and replace "dns". They are valid until the
// next call. False when the request is wrong.
bool pod_files_for(const struct json *json, const struct json_value *create, const char *hostname,
                   struct pod_files *files);
// Writes them anew if they have changed since the container got them.
void pod_files_update(struct container *container);

#endif
