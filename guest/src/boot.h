// SPDX-License-Identifier: Apache-2.0
// From the kernel's hand-over to an open channel.
#ifndef BOOT_H
#define BOOT_H

// Mounts what the agent needs, loads the drivers of the channel and opens it. Returns its
// descriptor.
int boot(void);
// What can wait until the host was told that the machine is up.
void boot_rest(void);

#endif
