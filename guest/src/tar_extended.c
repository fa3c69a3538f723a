// SPDX-License-Identifier: Apache-2.0
#include "tar_extended.h"

#include <string.h>

// Decimal digits up to `end`; a fraction behind them is left out.
static bool parse_decimal(const char *at, const char *end, int64_t *result) {
    bool negative = at < end && *at == '-';
    uint64_t value = 0;
    at += negative;
    if (at == end || *at < '0' || *at > '9')
        return false;
    for (; at < end && *at >= '0' && *at <= '9'; at++) {
        if (value > (INT64_MAX - 9) / 10)
            return false;
        value = value * 10 + (unsigned)(*at - '0');
    }
    *result = negative ? -(int64_t)value : (int64_t)value;
    return at == end || *at == '.';
}

bool extended_text(char *to, const char *value, size_t length) {
    if (length > TAR_MAX_NAME || memchr(value, '\0', length))
        return false;
    memcpy(to, value, length);
    to[length] = '\0';
    return true;
}

static bool take_id(const char *value, const char *end, uint32_t *id) {
    int64_t number;
    if (!parse_decimal(value, end, &number) || number < 0 || number >= UINT32_MAX)
        return false;
    *id = (uint32_t)number;
    return true;
}

// Takes "key=value" of an extended header.
static bool take_record(struct extended *x, const char *key, size_t key_length, const char *value,
                        size_t length) {
    static const char xattr[] = "SCHILY.xattr.";
    const char *end = value + length;
    int64_t number;
#define IS(name) (key_length == sizeof name - 1 && memcmp(key, name, sizeof name - 1) == 0)
    if (IS("path"))
        return x->name = extended_text(x->entry->name, value, length);
    if (IS("linkpath"))
        return x->link = extended_text(x->entry->link, value, length);
    if (IS("uid"))
        return x->uid = take_id(value, end, &x->entry->uid);
    if (IS("gid"))
        return x->gid = take_id(value, end, &x->entry->gid);
    if (IS("mtime"))
        return x->modified = parse_decimal(value, end, &x->entry->modified);
    if (IS("size")) {
        x->size = parse_decimal(value, end, &number) && number >= 0;
        x->entry->size = (uint64_t)number;
        return x->size;
    }
#undef IS
    if (key_length > 11 && memcmp(key, "GNU.sparse.", 11) == 0)
        return false;
    if (key_length < sizeof xattr || memcmp(key, xattr, sizeof xattr - 1) != 0)
        return true;
    char name[256];
    key_length -= sizeof xattr - 1;
    if (key_length >= sizeof name || memchr(key, '\0', key_length))
        return false;
    memcpy(name, key + sizeof xattr - 1, key_length);
    name[key_length] = '\0';
    return tar_add_xattr(x->entry, name, value, length);
}

bool extended_take(struct extended *x, const char *text, size_t length) {
    const char *end = text + length;
    while (text < end) {
        const char *space = memchr(text, ' ', (size_t)(end - text));
        int64_t total;
        if (!space || !parse_decimal(text, space, &total) || total <= space - text + 1 ||
            total > end - text || text[total - 1] != '\n')
            return false;
        const char *key = space + 1, *last = text + total - 1;
        const char *equals = memchr(key, '=', (size_t)(last - key));
        if (!equals ||
            !take_record(x, key, (size_t)(equals - key), equals + 1, (size_t)(last - equals - 1)))
            return false;
        text += total;
    }
    return true;
}
