// SPDX-License-Identifier: Apache-2.0
#include "base64.h"
#include "check.h"

#include <string.h>

static void is(const char *text, const char *expected) {
    unsigned char out[16];
    long length = base64_decode(text, out, sizeof out);
    CHECK(length == (long)strlen(expected));
    CHECK(memcmp(out, expected, (size_t)length) == 0);
}

int main(void) {
    unsigned char out[4];
    is("", "");
    is("Zg==", "f");
    is("Zm8=", "fo");
    is("Zm9v", "foo");
    is("Zm9vYmFy", "foobar");
    static const char *const bad[] = {"Z", "Zg=", "Zg==Zg==", "Z===", "====", "Zm9\n", "Zm9vYmFy"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK(base64_decode(bad[i], out, sizeof out) == -1);
    return 0;
}
