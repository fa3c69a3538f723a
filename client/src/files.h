// SPDX-License-Identifier: Apache-2.0
// Files that the daemon asks for: opened here, with the caller's rights and working directory.
#ifndef HYPERCTL_FILES_H
#define HYPERCTL_FILES_H

#include <dirent.h>
#include <limits.h>

#include "frame.h"
#include "output.h"

struct local_file {
    bool used;
    uint32_t id;
    uint8_t operation;
    int fd;
    DIR *entries;
    uint32_t credit;
    int parent; // OP_REPLACE: where `temporary` becomes `name`
    char name[NAME_MAX + 1];
    char temporary[32];
};

struct files {
    struct outbox *out;
    struct local_file slots[FILES_MAX];
};

// Serve FILE_OPEN, FILE_CREDIT, FILE_FINISH and FILE_CLOSE. False if the frame is malformed.
bool files_open(struct files *files, struct cursor request);
bool files_credit(struct files *files, struct cursor request);
bool files_finish(struct files *files, struct cursor request);
bool files_close(struct files *files, struct cursor request);

// The file that a FILE_WRITE is for; NULL if it is no longer open.
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
