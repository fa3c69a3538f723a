// SPDX-License-Identifier: Apache-2.0
// Files with several names, as they are met: the first name of each is kept, up to a bound.
#ifndef SEEN_H
#define SEEN_H

#include <sys/types.h>

// The name that the file was met by before; NULL the first time, or when there was no room.
const char *seen_before(dev_t device, ino_t inode, const char *name);

#endif
