// SPDX-License-Identifier: Apache-2.0
// What is said of an entry ahead of it: pax's records.
#ifndef TAR_EXTENDED_H
#define TAR_EXTENDED_H

#include "tar.h"

// Which of the entry's values are known, so that its own header doesn't count for them.
struct extended {
    bool name, link, size, uid, gid, modified;
    struct tar_entry *entry;
};

// Takes records "LENGTH key=value\n". False when one is wrong, or is of a sparse file.
bool extended_take(struct extended *extended, const char *text, size_t length);
// Copies a name; false when it is too long or has a NUL.
bool extended_text(char *to, const char *value, size_t length);

#endif
