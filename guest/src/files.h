// SPDX-License-Identifier: Apache-2.0
// Small files: /proc, /sys, and what the agent writes for containers.
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Reads a regular (or kernel) file up to size - 1 bytes and ends it with NUL. Returns its length,
// -1 on failure.
long file_read_at(int directory, const char *path, char *out, size_t size);
long file_read(const char *path, char *out, size_t size);
// The same without white space at the end.
long file_read_line(const char *path, char *out, size_t size);
uint64_t file_read_number(const char *path, uint64_t fallback);
bool file_write_at(int directory, const char *path, const char *text);
bool file_write(const char *path, const char *text);
// A whole file, at most `limit` bytes, NUL-terminated, to be freed; NULL when it is missing, larger
// or not a regular file.
char *file_load(const char *path, size_t limit);

bool write_all(int fd, const void *data, size_t length);
void close_fd(int *fd);

#endif
