// SPDX-License-Identifier: Apache-2.0
// Files of a container as a tar archive.
#ifndef PACK_H
#define PACK_H

#include "container.h"

// In a child: writes an archive to its stream, of the file or folder that the request names.
void pack_archive(const struct request *request, const struct container *container);
// The same, of the whole root file system, without what is mounted in it.
void pack_root(const struct request *request, const struct container *container);

#endif
