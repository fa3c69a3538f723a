// SPDX-License-Identifier: Apache-2.0
// The mount points of a container, as paths in it.
#ifndef MOUNT_POINTS_H
#define MOUNT_POINTS_H

#include "container.h"

#include <stdbool.h>

// In a child; afterwards it is in the agent's mount namespace, as before.
void mount_points_read(const struct container *container);
bool is_mount_point(const char *path);
bool is_above_mount_point(const char *path);

#endif
