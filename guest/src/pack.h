// SPDX-License-Identifier: Apache-2.0
// Files of a container as a tar archive.
#ifndef PACK_H
#define PACK_H

#include "container.h"

// In a child: writes the archive to its stream.
void pack_archive(const struct request *request, const struct container *container);

#endif
