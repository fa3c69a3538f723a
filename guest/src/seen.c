// SPDX-License-Identifier: Apache-2.0
#include "seen.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// What doesn't fit is packed once for each of its names.
enum { SLOTS = 16384, MAX_FILES = SLOTS / 2, MAX_BYTES = 8 * 1024 * 1024 };

struct file {
    dev_t device;
    ino_t inode;
    char *name;
};

static struct file *files;
static size_t count, bytes;

const char *seen_before(dev_t device, ino_t inode, const char *name) {
    if (!files)
        files = calloc(SLOTS, sizeof *files);
    if (!files)
        return NULL;
    // Fibonacci hashing; a free slot is always left.
    size_t at = (size_t)((inode ^ device << 32) * UINT64_C(0x9E3779B97F4A7C15) >> 50);
    for (; files[at].name; at = (at + 1) % SLOTS) {
        if (files[at].inode == inode && files[at].device == device)
            return files[at].name;
    }
    size_t size = strlen(name) + 1;
    char *copy = count < MAX_FILES && bytes + size <= MAX_BYTES ? malloc(size) : NULL;
    if (copy) {
        memcpy(copy, name, size);
        files[at] = (struct file){.device = device, .inode = inode, .name = copy};
        count++;
        bytes += size;
    }
    return NULL;
}
