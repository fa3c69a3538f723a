// SPDX-License-Identifier: Apache-2.0
// Fills an empty volume with what the image has in its place.
#ifndef COPY_H
#define COPY_H

#include <stdbool.h>

// True when the folder holds nothing (a file system's lost+found does not count).
bool folder_is_empty(int folder);
// Copies what is in `from` into `to`, with owners, modes, times and extended attributes; does not
// cross mounts. errno says why it failed.
bool copy_folder(int from, int to);
// Removes what is called so, and all below it; true too if it is not there.
bool remove_tree(int parent, const char *name);

#endif
