// SPDX-License-Identifier: Apache-2.0
// What a container has changed against its image, as a list and as a layer.
#ifndef CHANGES_H
#define CHANGES_H

#include "container.h"

// In a child: writes a record of 2 fields for each change: its kind (A, C, D), its path.
void changes_list(const struct request *request, const struct container *container);
// In a child: writes an archive that makes the container's files of the image's.
void changes_layer(const struct request *request, const struct container *container);

#endif
