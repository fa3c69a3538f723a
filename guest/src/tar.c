// SPDX-License-Identifier: Apache-2.0
// Entries of archives, and writing them.
#include "tar.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAX_XATTRS = 512 * 1024, NAME_SIZE = 100 };

void tar_clear(struct tar_entry *entry) {
    struct buffer xattrs = entry->xattrs;
    // The names are long; only their beginnings count.
    entry->name[0] = entry->link[0] = '\0';
    entry->type = TAR_FILE;
    entry->mode = 0;
    entry->uid = entry->gid = entry->major = entry->minor = 0;
    entry->size = 0;
    entry->modified = 0;
    entry->xattrs = xattrs;
    entry->xattrs.limit = MAX_XATTRS;
    buffer_clear(&entry->xattrs);
}

bool tar_add_xattr(struct tar_entry *entry, const char *name, const void *value, size_t length) {
    return buffer_add(&entry->xattrs, &length, sizeof length) &&
           buffer_add(&entry->xattrs, name, strlen(name) + 1) &&
           buffer_add(&entry->xattrs, value, length);
}

bool tar_next_xattr(const struct tar_entry *entry, size_t *at, const char **name,
                    const void **value, size_t *length) {
    if (*at >= entry->xattrs.length)
        return false;
    const char *from = entry->xattrs.data + *at;
    memcpy(length, from, sizeof *length);
    *name = from + sizeof *length;
    *value = *name + strlen(*name) + 1;
    *at = (size_t)((const char *)*value + *length - entry->xattrs.data);
    return true;
}

// Adds "LENGTH key=value\n", where the length counts itself.
static bool add_record(struct buffer *out, const char *prefix, const char *key, const void *value,
                       size_t length) {
    size_t rest = 1 + strlen(prefix) + strlen(key) + 1 + length + 1;
    size_t total = rest + 1;
    char number[24];
    for (size_t before = 0; before != total;) {
        before = total;
        total = rest + (size_t)snprintf(number, sizeof number, "%zu", before);
    }
    return buffer_text(out, number) && buffer_text(out, " ") && buffer_text(out, prefix) &&
           buffer_text(out, key) && buffer_text(out, "=") && buffer_add(out, value, length) &&
           buffer_text(out, "\n");
}

static void add_text(struct buffer *out, const char *key, const char *text) {
    add_record(out, "", key, text, strlen(text));
}

static void add_number(struct buffer *out, const char *key, int64_t number) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, number);
    add_text(out, key, text);
}

// Octal digits, ended by NUL. False when they don't fit.
static bool put_octal(char *field, size_t size, uint64_t value) {
    for (size_t i = size - 1; i-- > 0; value >>= 3)
        field[i] = (char)('0' + (value & 7));
    field[size - 1] = '\0';
    return value == 0;
}

// Places: POSIX.1-2001, pax, "ustar Interchange Format".
static void put_header(char block[TAR_BLOCK], char type, const char *name, uint64_t size) {
    memset(block, 0, TAR_BLOCK);
    memcpy(block, name, strnlen(name, NAME_SIZE));
    put_octal(block + 100, 8, 0644);
    put_octal(block + 108, 8, 0);
    put_octal(block + 116, 8, 0);
    put_octal(block + 124, 12, size);
    put_octal(block + 136, 12, 0);
    block[156] = type;
    memcpy(block + 257,
           "ustar\0"
           "00",
           8);
    put_octal(block + 329, 8, 0);
    put_octal(block + 337, 8, 0);
}

static bool add_block(struct buffer *out, char block[TAR_BLOCK]) {
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (int i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)block[i];
    put_octal(block + 148, 7, sum);
    return buffer_add(out, block, TAR_BLOCK);
}

static bool add_extended(struct buffer *out, const struct buffer *records) {
    static const char zeros[TAR_BLOCK];
    char block[TAR_BLOCK];
    put_header(block, 'x', "PaxHeaders.0/entry", records->length);
    return add_block(out, block) && buffer_add(out, records->data, records->length) &&
           buffer_add(out, zeros, tar_padding(records->length));
}

bool tar_write_header(const struct tar_entry *e, struct buffer *out) {
    char block[TAR_BLOCK];
    struct buffer records;
    const char *name;
    const void *value;
    size_t at = 0, length;
    uint64_t size = e->type == TAR_FILE ? e->size : 0;
    buffer_init(&records, TAR_MAX_EXTENDED);
    put_header(block, (char)e->type, e->name, 0);
    put_octal(block + 100, 8, e->mode & 07777);
    if (!put_octal(block + 108, 8, e->uid))
        add_number(&records, "uid", e->uid);
    if (!put_octal(block + 116, 8, e->gid))
        add_number(&records, "gid", e->gid);
    if (!put_octal(block + 124, 12, size))
        add_number(&records, "size", (int64_t)size);
    if (e->modified < 0 || !put_octal(block + 136, 12, (uint64_t)e->modified))
        add_number(&records, "mtime", e->modified);
    memcpy(block + 157, e->link, strnlen(e->link, NAME_SIZE));
    if (strlen(e->name) > NAME_SIZE)
        add_text(&records, "path", e->name);
    if (strlen(e->link) > NAME_SIZE)
        add_text(&records, "linkpath", e->link);
    bool fits = put_octal(block + 329, 8, e->major) & put_octal(block + 337, 8, e->minor);
    while (tar_next_xattr(e, &at, &name, &value, &length))
        add_record(&records, "SCHILY.xattr.", name, value, length);
    bool done = fits && !records.overflow && (!records.length || add_extended(out, &records)) &&
                add_block(out, block);
    buffer_free(&records);
    return done;
}
