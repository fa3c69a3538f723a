// SPDX-License-Identifier: Apache-2.0
// What the containers of the virtual machine share: host name, name resolution, clock, randomness.
#ifndef POD_H
#define POD_H

#include "requests.h"
#include "rootfs.h"

void pod_setup(const struct request *request);
// Makes the /dev/shm that the containers of the pod share, if there is none.
void pod_shm_prepare(void);
void pod_clock(const struct request *request);
const char *pod_hostname(void);
// The files of a container; `create` may add "hosts" and replace "dns". They are valid until the
// next call. False when the request is wrong.
bool pod_files_for(const struct json *json, const struct json_value *create, const char *hostname,
                   struct pod_files *files);

#endif
