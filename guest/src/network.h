// SPDX-License-Identifier: Apache-2.0
// Network interfaces of the virtual machine.
#ifndef NETWORK_H
#define NETWORK_H

#include "buffer.h"
#include "requests.h"

#include <stdbool.h>

struct container;

bool network_loopback_up(void);
// In a child: waits for an interface and sets it up.
void network_interface(const struct request *request, const struct container *none);
// Adds the counters of all interfaces as a JSON array.
void network_describe(struct buffer *out);
// Writes a.b.c below /proc/sys.
bool sysctl_write(const char *name, const char *value);

#endif
