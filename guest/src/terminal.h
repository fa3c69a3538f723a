// SPDX-License-Identifier: Apache-2.0
#ifndef TERMINAL_H
#define TERMINAL_H

#include "json.h"

#include <stdbool.h>

// In the child, inside the container: opens a terminal of the size {"rows", "columns"}, makes it
// the controlling one and descriptors 0 to 2, and hands its master side to the agent. `console`: it
// also becomes /dev/console.
void terminal_take(const struct json *json, const struct json_value *size, bool console);

#endif
