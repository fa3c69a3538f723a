// SPDX-License-Identifier: Apache-2.0
// The processes of a container, as the machine's /proc has them.
#ifndef PS_H
#define PS_H

#include "container.h"

// In a child: writes a record a process, of 7 fields: its number in the container, its parent's (0
// when that is outside), user, start in nanoseconds since 1970, terminal, processor time in
// microseconds, command line.
void ps_list(const struct request *request, const struct container *container);

#endif
