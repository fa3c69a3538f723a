// SPDX-License-Identifier: Apache-2.0
// Files that the daemon asks for: opened here, with the caller's rights and working directory.
#ifndef HYPERCTL_FILES_H
#define HYPERCTL_FILES_H

#include <dirent.h>
#include <time.h>

#include "frame.h"

struct local_file {
    bool used;
    uint32_t id, folder, credit;
    int fd, parent;
    DIR *names; // of a folder that is read
    // What is replaced grows in `parent` under another name; in an open folder it gets mode and
    // time at the end.
    char temporary[48], name[PATH_LIMIT + 1];
    uint32_t mode;
    struct timespec modified;
};

struct files {
    struct outbox *out;
    struct local_file slots[FILES_MAX + 1];
};

// Serves all frames about files but FILE_DATA. False if the frame is malformed.
bool files_serve(struct files *files, uint8_t type, struct cursor request);

// The file that a FILE_DATA is for; NULL if it is no longer open.
struct local_file *files_find(struct files *files, uint32_t id);
// Reports the failure in errno to the daemon and closes the file.
void files_fail(struct files *files, struct local_file *file);
// True if the daemon waits for content of this file.
bool files_wants_reading(const struct local_file *file);
// Sends what can be read at once.
void files_read(struct files *files, struct local_file *file);
// Drops what was not finished.
void files_close_all(struct files *files);

#endif
