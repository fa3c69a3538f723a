// SPDX-License-Identifier: Apache-2.0
// What the host of a Xen guest has written for it into xenstore.
#pragma once

#include <stddef.h>

// Reads a value; a path without a leading slash is relative to this guest. Returns its length, cut
// off to fit, or -1.
long xenstore_read(const char *path, char *value, size_t size);
