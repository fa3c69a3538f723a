// SPDX-License-Identifier: Apache-2.0
// The program of a rehearsal: what a machine does for it once, its processor has translated when a container comes.
#include <stdio.h>

int main(void) {
    return puts("rehearsed") < 0;
}
