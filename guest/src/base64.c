// SPDX-License-Identifier: Apache-2.0
#include "base64.h"

#include <string.h>

static int digit(char c) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

long base64_decode(const char *text, unsigned char *out, size_t size) {
    size_t length = strlen(text), have = 0;
    if (length % 4)
        return -1;
    for (size_t i = 0; i < length; i += 4) {
        size_t padding = text[i + 3] != '=' ? 0 : text[i + 2] != '=' ? 1 : 2;
        if ((padding && i + 4 != length) || have + 3 - padding > size)
            return -1;
        unsigned bits = 0;
        for (size_t j = 0; j < 4; j++) {
            int value = j < 4 - padding ? digit(text[i + j]) : 0;
            if (value < 0)
                return -1;
            bits = bits << 6 | (unsigned)value;
        }
        for (size_t j = 0; j < 3 - padding; j++)
            out[have++] = (unsigned char)(bits >> (16 - 8 * j));
    }
    return (long)have;
}
