// SPDX-License-Identifier: Apache-2.0
// What a container has changed against its image: as overlayfs keeps it, or by comparing all.
#ifndef COMPARE_H
#define COMPARE_H

#include "container.h"

enum change { CHANGE_ADDED, CHANGE_CHANGED, CHANGE_DELETED };

// Is told of a change to the absolute `path`, which is that of `name` in `folder` (-1 when it was
// deleted). A folder in which something has changed has changed, too, and comes behind that.
typedef void change_teller(enum change change, const char *path, int folder, const char *name);

// In a child: tells of all changes. The request names the image where it takes one ("image").
void compare_with_image(const struct request *request, const struct container *container,
                        change_teller *tell);

#endif
