// SPDX-License-Identifier: Apache-2.0
// Kernel modules out of the initrd.
#ifndef MODULES_H
#define MODULES_H

#include <stdbool.h>

// Reads /modules/list and keeps a handle to /modules, which stays valid when the root file system
// is changed.
void modules_init(void);
// That handle, for children that close all others.
int modules_folder(void);
// Loads a module and what it needs. True when it is loaded or the initrd has none of this name (it
// may be built in).
bool module_load(const char *name);
// Loads the drivers of the buses, and that of the console when a virtio device asks for it.
void modules_load_buses(void);
// Loads the drivers of all devices that are there.
void modules_load_drivers(void);
// Loads the driver of a virtio device with this id.
void module_load_virtio(unsigned id);

#endif
