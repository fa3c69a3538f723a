// SPDX-License-Identifier: Apache-2.0
// In a child that works on a container's files: its way in, and nothing but that.
#ifndef VISIT_H
#define VISIT_H

#include "container.h"

#include <limits.h>
#include <stdbool.h>

enum visit { VISIT_TO_READ, VISIT_TO_WRITE };

// Afterwards the child's root is the container's: its image and what is mounted in it, but neither
// /dev, /proc nor /sys. No path leads out of it. Of root's capabilities the child keeps those that
// reading or writing any file needs, and of its descriptors `kept` (-1 for none).
void visit_container(const struct container *container, enum visit purpose, int kept);
// Returns the folder of the container's root file system, in which nothing is mounted. The child may
// read any file, by descriptors; no path that it opens may be followed through links.
int visit_root(const struct container *container);
// Opens a path that is absolute or relative to `folder`; links lead where they lead in the
// container, but not through what the kernel made up.
int visit_open(int folder, const char *path, int flags);
// Gives up: "can't VERB PATH: why" by errno, with the code that tells the host what kind of failure
// that is.
_Noreturn void visit_fail(const char *verb, const char *path);

// A file that a request names ("path"), by its folder and its name in it.
struct place {
    // Absolute, as it came.
    const char *path;
    int folder;
    // "." for the root.
    char name[NAME_MAX + 1];
    // The path ends with "/." or is that of the root: the content is meant.
    bool content;
    // It ends with a slash: where a link leads is meant.
    bool follow;
};

// Finds the folder; the file need not be there.
void visit_find(const struct request *request, struct place *place);

#endif
