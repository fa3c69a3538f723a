// SPDX-License-Identifier: Apache-2.0
// What the containers of the virtual machine share: host name, clock, randomness.
#ifndef POD_H
#define POD_H

#include "requests.h"

void pod_setup(const struct request *request);
// Makes the /dev/shm that the containers of the pod share, if there is none.
void pod_shm_prepare(void);
void pod_clock(const struct request *request);
const char *pod_hostname(void);

#endif
