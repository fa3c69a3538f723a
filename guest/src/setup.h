// SPDX-License-Identifier: Apache-2.0
// The child that sets up a container: everything that doesn't need the container's PID namespace,
// which its first process makes.
#ifndef SETUP_H
#define SETUP_H

#include "requests.h"
#include "rootfs.h"

#include <stdbool.h>

// Of a request `create`: whether the container shares a namespace ("ipc", "uts") with its pod.
bool setup_shares(const struct json *json, const struct json_value *create, const char *name);
// In the child, in the container's control group and its new namespaces.
_Noreturn void setup_run(const struct request *request, const char *hostname,
                         const struct pod_files *files);
// The same, but begun before the request is known: does what is the same for each container that
// shares the namespaces of its pod, reports that it is ready, and waits for what setup_send sends.
_Noreturn void setup_run_blank(void);
bool setup_send(int report, const struct request *request, const struct pod_files *files);

#endif
