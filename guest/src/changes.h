// SPDX-License-Identifier: Apache-2.0
// What a container has changed against its image: as overlayfs keeps it, or by comparing all.
#ifndef CHANGES_H
#define CHANGES_H

#include "container.h"

// In a child: writes a record of 2 fields for each change: its kind (A, C, D), its path.
void changes_list(const struct request *request, const struct container *container);

#endif
