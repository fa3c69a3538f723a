// SPDX-License-Identifier: Apache-2.0
// Which devices the processes of a control group may use: those that Docker allows. A container may
// make any device node, but not open the disks of its machine through it.
#ifndef DEVICE_FILTER_H
#define DEVICE_FILTER_H

#include <stdbool.h>

// Loads the filter ahead. False: errno says why.
bool device_filter_load(void);
// Applies it to a control group for good.
bool device_filter_attach(int group);

#endif
