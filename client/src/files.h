// SPDX-License-Identifier: Apache-2.0
// Files that the daemon asks for: opened here, with the caller's rights and working directory.
#ifndef HYPERCTL_FILES_H
#define HYPERCTL_FILES_H

#include "frame.h"

struct local_file {
    bool used, written;
    uint32_t id;
    int fd;
    uint32_t credit;
    // A file that is replaced: where its new content grows, and what it then is renamed to.
    char temporary[PATH_LIMIT + 1], path[PATH_LIMIT + 1];
};

struct files {
    struct outbox *out;
    struct local_file slots[FILES_MAX];
};

// Serves FILE_READ, FILE_WRITE, FILE_CREDIT, FILE_FINISH and FILE_CLOSE. False if the frame is
// malformed.
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
