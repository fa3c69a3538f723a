// SPDX-License-Identifier: Apache-2.0
// Entries of tar archives that a child writes to its stream.
#ifndef PACK_ENTRY_H
#define PACK_ENTRY_H

#include <stdbool.h>

// Adds what `file` is in `folder`, with its content, as `name`. Sockets and what has vanished are
// left out. Returns true for a folder, which is not added.
bool pack_file(int folder, const char *file, const char *name);
// Adds a folder, without what it holds. `name` has no slash at its end.
void pack_folder(int fd, const char *name);
// Adds an empty file of root's.
void pack_empty(const char *name);
// Ends the archive.
void pack_end(void);

#endif
