// SPDX-License-Identifier: Apache-2.0
// In the child: from a fork of the agent to the container's program.
#ifndef EXEC_H
#define EXEC_H

#include "container.h"

// `first`: it is the first process of the container's PID namespace. `stdio`: descriptors for 0 to
// 2, -1 for /dev/null.
_Noreturn void exec_process(const struct container *container, const struct request *request,
                            bool first, const int stdio[3]);

#endif
