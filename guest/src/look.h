// SPDX-License-Identifier: Apache-2.0
// One file of a container, described.
#ifndef LOOK_H
#define LOOK_H

#include "container.h"

// In a child: writes a record of 5 fields: name, size, mode, modification in nanoseconds since
// 1970, where a symbolic link leads.
void look_at(const struct request *request, const struct container *container);

#endif
