// SPDX-License-Identifier: Apache-2.0
// Tar archives: writes ustar with pax extensions (POSIX.1-2001), reads that, GNU's long names and
// numbers, and what came before ustar.
#ifndef TAR_H
#define TAR_H

#include "buffer.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TAR_BLOCK = 512, TAR_MAX_NAME = PATH_MAX - 1, TAR_MAX_EXTENDED = 1024 * 1024 };

enum tar_type {
    TAR_FILE = '0',
    TAR_HARD_LINK = '1',
    TAR_SYMBOLIC_LINK = '2',
    TAR_CHARACTER_DEVICE = '3',
    TAR_BLOCK_DEVICE = '4',
    TAR_FOLDER = '5',
    TAR_FIFO = '6',
};

struct tar_entry {
    enum tar_type type;
    // Permissions, with the bits for set-user-id and its kind.
    unsigned mode;
    uint32_t uid, gid;
    uint64_t size;
    // Seconds since 1970.
    int64_t modified;
    uint32_t major, minor;
    char name[TAR_MAX_NAME + 1];
    // Where a link leads.
    char link[TAR_MAX_NAME + 1];
    // Extended attributes, see tar_add_xattr.
    struct buffer xattrs;
};

// Empty again, for the next entry; before its first use, the entry must be zeroed.
void tar_clear(struct tar_entry *entry);
// False when it has too many.
bool tar_add_xattr(struct tar_entry *entry, const char *name, const void *value, size_t length);
// Walks through them: `*at` is 0 at the beginning. False at the end.
bool tar_next_xattr(const struct tar_entry *entry, size_t *at, const char **name,
                    const void **value, size_t *length);
// Adds the blocks that go before the entry's content. False when it can't be expressed.
bool tar_write_header(const struct tar_entry *entry, struct buffer *out);

// Bytes that an entry's content is filled up with.
static inline size_t tar_padding(uint64_t size) {
    return (size_t)(-size % TAR_BLOCK);
}

struct tar_reader {
    // Gives 1 to `length` bytes, 0 at the end.
    size_t (*read)(void *context, void *to, size_t length);
    void *context;
    // What was not yet read of the current entry.
    uint64_t content;
    size_t padding;
    const char *error;
};

enum tar_result { TAR_ENTRY, TAR_END, TAR_BAD };

// Goes on to the next entry, behind what is left of this one. After TAR_BAD, `error` says why.
enum tar_result tar_read_header(struct tar_reader *reader, struct tar_entry *entry);
// Reads some of the entry's content. Returns 0 at its end, or (with `error`) of the archive.
size_t tar_read_content(struct tar_reader *reader, void *to, size_t length);

#endif
