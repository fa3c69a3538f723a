// SPDX-License-Identifier: Apache-2.0
// What only the first process of a container can do, because it needs the container's PID
// namespace.
#ifndef INITIAL_H
#define INITIAL_H

#include "container.h"

// Mounts /proc, sets the container's sysctls, hides what a container must not see or change.
// `privileged`: nothing is hidden, and the devices of the machine are there.
void initial_process(const struct container *container, bool privileged);

#endif
