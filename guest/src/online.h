// SPDX-License-Identifier: Apache-2.0
// Memory and processors that were added to the running machine are used at once.
#pragma once

// `devpath` is that of the kernel's event, below /sys.
void online_memory(const char *devpath);
void online_processors(void);
