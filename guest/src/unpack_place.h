// SPDX-License-Identifier: Apache-2.0
// Where the entries of an archive go. Failures end the child, and name the path.
#ifndef UNPACK_PLACE_H
#define UNPACK_PLACE_H

#include "requests.h"

#include <limits.h>
#include <stdbool.h>

// A file by its folder and its name in it.
struct target {
    int folder;
    // Empty for the folder that all is unpacked in.
    char name[NAME_MAX + 1];
    // What is there: 0 for nothing, else as in stat(2).
    unsigned kind;
};

// Opens the folder that a request names ("path").
void targets_begin(const struct request *request);
// Finds the place of an entry; missing folders above it are made. False when its name leads
// upwards or is too long. What is asked for next is about the entry that was found last.
bool target_find(const char *name, struct target *target);
// Its path in the container, for messages.
const char *target_path(void);
// Takes away what is there, unless that is a folder and not `folder`, or the other way round.
void target_make_way(const struct target *target, bool folder);
int target_create_file(const struct target *target);
// Returns a folder that is there, or makes one.
int target_create_folder(const struct target *target);
// The entry is a folder that was modified then; that is set once its content is there.
void target_time_folder(int64_t modified);
void targets_end(void);

#endif
