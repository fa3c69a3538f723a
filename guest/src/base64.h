// SPDX-License-Identifier: Apache-2.0
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>

// Decodes padded base64 (RFC 4648). Returns the length, -1 when the text is not valid or too long.
long base64_decode(const char *text, unsigned char *out, size_t size);

#endif
