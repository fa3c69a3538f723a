// SPDX-License-Identifier: Apache-2.0
// What a Xen guest and its host write for each other into xenstore. A path without a leading slash
// is relative to this guest.
#pragma once

#include <stdbool.h>
#include <stddef.h>

// Reads a value. Returns its length, cut off to fit, or -1.
long xenstore_read(const char *path, char *value, size_t size);
bool xenstore_write(const char *path, const char *value);
// Watches a node. Returns a descriptor that is readable when xenstore_next has something to take,
// or -1.
int xenstore_watch(const char *path);
// Takes a message: 1 if the node may have changed, 0 if it says something else, -1 at the end.
int xenstore_next(int fd);
