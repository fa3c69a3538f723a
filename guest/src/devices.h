// SPDX-License-Identifier: Apache-2.0
// Devices as they come: uevents, and disks by the serial number that the host gave them.
#ifndef DEVICES_H
#define DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DEVICE_PATH = 64 };

// Listens to the kernel's announcements. Returns the descriptor.
int devices_init(void);
// Watches for them; `changed` is called when a device came or changed.
void devices_start(void (*changed)(void));
// Waits up to `milliseconds` for an announcement, before the event loop runs.
bool devices_wait(int milliseconds);

// Path of the disk with this serial number (or, on Xen and UML, of this name). False while it is
// missing or smaller than `size` bytes.
bool device_find_disk(const char *serial, uint64_t size, char path[DEVICE_PATH]);
// For a child: waits until the disk is there. False when it isn't after `milliseconds`.
bool device_await_disk(const char *serial, uint64_t size, int milliseconds, char path[DEVICE_PATH]);
// Path of a partition that covers these bytes of the disk; made if there is none. Offset and size
// are multiples of 512.
bool device_partition(const char *path, uint64_t offset, uint64_t size, char result[DEVICE_PATH]);

#endif
