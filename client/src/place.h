// SPDX-License-Identifier: Apache-2.0
// Where a file that the daemon names is to be found.
#ifndef HYPERCTL_PLACE_H
#define HYPERCTL_PLACE_H

#include <stdbool.h>

#include "protocol.h"

// A name below an open directory, and the flags to open it with: what the user wrote may be a
// symbolic link, what the daemon looks up below it may not.
struct place {
    int parent;
    int flags;
    char name[PATH_LIMIT + 1];
};

// `path` is looked up below `root` and can't leave it, not even by symbolic links; an empty `path`
// means `root` itself. False with errno on failure.
bool place_find(struct place *place, const char *root, const char *path);
// Makes `name` a single component below `parent`. False with errno on failure.
bool place_split(struct place *place);
void place_release(struct place *place);

#endif
