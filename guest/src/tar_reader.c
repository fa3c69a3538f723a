// SPDX-License-Identifier: Apache-2.0
// Reading archives. They come from anyone: every number is checked.
#include "tar.h"
#include "tar_extended.h"

#include <stdlib.h>
#include <string.h>

static bool fail(struct tar_reader *r, const char *error) {
    r->error = error;
    return false;
}

// False at the end; the caller knows whether it may come here.
static bool read_whole(struct tar_reader *r, void *to, size_t length) {
    for (size_t have = 0; have < length;) {
        size_t count = r->read(r->context, (char *)to + have, length - have);
        if (count == 0)
            return fail(r, have ? "it breaks off" : NULL);
        have += count;
    }
    return true;
}

size_t tar_read_content(struct tar_reader *r, void *to, size_t length) {
    if (r->content == 0)
        return 0;
    size_t count = r->read(r->context, to, r->content < length ? (size_t)r->content : length);
    r->content -= count;
    if (count == 0)
        fail(r, "it breaks off");
    return count;
}

static bool skip(struct tar_reader *r) {
    char bytes[8192];
    while (r->content > 0) {
        if (tar_read_content(r, bytes, sizeof bytes) == 0)
            return false;
    }
    size_t padding = r->padding;
    r->padding = 0;
    return read_whole(r, bytes, padding) || fail(r, "it breaks off");
}

// Octal digits between spaces or NULs, or GNU's binary numbers (first bit set, big-endian).
static bool parse_number(const char *field, size_t size, int64_t *result) {
    const unsigned char *at = (const unsigned char *)field, *end = at + size;
    uint64_t value = 0;
    if (*at & 0x80) {
        bool negative = *at == 0xFF;
        value = negative ? UINT64_MAX : *at & 0x7F;
        for (at++; at < end; at++) {
            uint64_t top = value >> 55;
            if (top != 0 && !(negative && top == 0x1FF))
                return false;
            value = value << 8 | *at;
        }
        *result = (int64_t)value;
        return true;
    }
    while (at < end && *at == ' ')
        at++;
    for (; at < end && *at >= '0' && *at <= '7'; at++) {
        if (value >> 60)
            return false;
        value = value << 3 | (unsigned)(*at - '0');
    }
    *result = (int64_t)value;
    return at == end || *at == ' ' || *at == '\0';
}

static bool parse_unsigned(const char *field, size_t size, uint64_t max, uint64_t *result) {
    int64_t value;
    if (!parse_number(field, size, &value) || value < 0 || (uint64_t)value > max)
        return false;
    *result = (uint64_t)value;
    return true;
}

static bool is_sum_right(const char *block) {
    uint64_t wanted;
    unsigned plain = 0;
    int with_sign = 0;
    for (int i = 0; i < TAR_BLOCK; i++) {
        char c = i >= 148 && i < 156 ? ' ' : block[i];
        plain += (unsigned char)c;
        with_sign += (signed char)c;
    }
    // Old programs took bytes for signed.
    return parse_unsigned(block + 148, 8, UINT32_MAX, &wanted) &&
           (wanted == plain || (int64_t)wanted == with_sign);
}

// An entry that says something of the next one.
static bool read_extended(struct tar_reader *r, char type, struct extended *x) {
    size_t length = (size_t)r->content;
    char *text = r->content <= TAR_MAX_EXTENDED ? malloc(length + 1) : NULL;
    if (!text)
        return fail(r, "an extended header is too large");
    bool done = read_whole(r, text, length);
    r->content = 0;
    text[done ? length : 0] = '\0';
    if (!done)
        fail(r, "it breaks off");
    else if (type == 'x')
        done = extended_take(x, text, length) ||
               fail(r, "an extended header is wrong, or that of a sparse file");
    else if (type == 'L')
        done = x->name = extended_text(x->entry->name, text, strlen(text));
    else
        done = x->link = extended_text(x->entry->link, text, strlen(text));
    free(text);
    if (!done && !r->error)
        fail(r, "a name is too long");
    return done;
}

static bool set_type(struct tar_reader *r, struct tar_entry *e, char type) {
    size_t length = strlen(e->name);
    switch (type) {
    case '\0':
    case '7':
    case TAR_FILE:
        // Before ustar, a folder was a file with this name.
        e->type = length > 0 && e->name[length - 1] == '/' ? TAR_FOLDER : TAR_FILE;
        return true;
    case TAR_HARD_LINK:
    case TAR_SYMBOLIC_LINK:
    case TAR_CHARACTER_DEVICE:
    case TAR_BLOCK_DEVICE:
    case TAR_FOLDER:
    case TAR_FIFO:
        e->type = (enum tar_type)type;
        return true;
    default:
        return fail(r, "it holds something of an unknown kind");
    }
}

static bool take_header(struct tar_reader *r, const char *block, const struct extended *x) {
    struct tar_entry *e = x->entry;
    uint64_t mode, uid, gid, major = 0, minor = 0;
    int64_t modified;
    bool posix = memcmp(block + 257, "ustar\0", 6) == 0;
    if (!parse_unsigned(block + 100, 8, UINT32_MAX, &mode) ||
        !parse_unsigned(block + 108, 8, UINT32_MAX - 1, &uid) ||
        !parse_unsigned(block + 116, 8, UINT32_MAX - 1, &gid) ||
        !parse_number(block + 136, 12, &modified))
        return fail(r, "a header is wrong");
    e->mode = (unsigned)mode & 07777;
    e->uid = x->uid ? e->uid : (uint32_t)uid;
    e->gid = x->gid ? e->gid : (uint32_t)gid;
    e->modified = x->modified ? e->modified : modified;
    if (!x->name) {
        size_t prefix = posix ? strnlen(block + 345, 155) : 0, length = strnlen(block, 100);
        memcpy(e->name, block + 345, prefix);
        if (prefix)
            e->name[prefix++] = '/';
        memcpy(e->name + prefix, block, length);
        e->name[prefix + length] = '\0';
    }
    if (!x->link)
        extended_text(e->link, block + 157, strnlen(block + 157, 100));
    if (!set_type(r, e, block[156]))
        return false;
    bool device = e->type == TAR_CHARACTER_DEVICE || e->type == TAR_BLOCK_DEVICE;
    if (device && (!parse_unsigned(block + 329, 8, UINT32_MAX, &major) ||
                   !parse_unsigned(block + 337, 8, UINT32_MAX, &minor)))
        return fail(r, "a header is wrong");
    e->major = (uint32_t)major;
    e->minor = (uint32_t)minor;
    return true;
}

static bool is_zero(const char *block) {
    static const char zeros[TAR_BLOCK];
    return memcmp(block, zeros, TAR_BLOCK) == 0;
}

enum tar_result tar_read_header(struct tar_reader *r, struct tar_entry *entry) {
    char block[TAR_BLOCK];
    struct extended x = {.entry = entry};
    tar_clear(entry);
    while (true) {
        if (!skip(r))
            return TAR_BAD;
        // The last block may be missing, but not behind an extended header.
        if (!read_whole(r, block, sizeof block))
            return r->error ? TAR_BAD : TAR_END;
        if (is_zero(block))
            return TAR_END;
        uint64_t size;
        char type = block[156];
        if (!is_sum_right(block) || !parse_unsigned(block + 124, 12, INT64_MAX, &size)) {
            r->error = "it is no tar archive";
            return TAR_BAD;
        }
        r->content = size;
        r->padding = tar_padding(size);
        if (type == 'x' || type == 'L' || type == 'K') {
            if (!read_extended(r, type, &x))
                return TAR_BAD;
            continue;
        }
        // What is said for all entries, and names of volumes.
        if (type == 'g' || type == 'V')
            continue;
        if (!take_header(r, block, &x))
            return TAR_BAD;
        if (x.size) {
            r->content = entry->size;
            r->padding = tar_padding(entry->size);
        }
        // All else has no content, whatever is said of its size.
        if (entry->type != TAR_FILE)
            r->content = r->padding = 0;
        entry->size = r->content;
        return TAR_ENTRY;
    }
}
