// SPDX-License-Identifier: Apache-2.0
// Tells the host of a Xen guest how much memory it can spare, whenever the host asks.
#pragma once

// Does nothing in a guest of another hypervisor.
void xen_memory_start(void);
