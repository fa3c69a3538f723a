// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "ring.h"

#include <string.h>

enum { LIMIT = 16384 };

// The byte that belongs at an offset.
static char expected(uint64_t offset) {
    return (char)(offset * 31 + (offset >> 8));
}

static void check_content(const struct ring *r) {
    uint64_t offset = r->base;
    while (offset < r->end) {
        struct iovec pieces[2];
        int count = ring_pieces(r, offset, 777, pieces);
        CHECK(count > 0);
        for (int i = 0; i < count; i++) {
            for (size_t j = 0; j < pieces[i].iov_len; j++)
                CHECK(((char *)pieces[i].iov_base)[j] == expected(offset++));
        }
    }
}

static void keeps_bytes_at_their_offsets(void) {
    uint64_t random = 3;
    struct ring r;
    ring_init(&r, LIMIT);
    for (int round = 0; round < 20000; round++) {
        char bytes[3000];
        size_t length = next_random(&random) % sizeof bytes;
        for (size_t i = 0; i < length; i++)
            bytes[i] = expected(r.end + i);
        bool fits = length <= ring_room(&r);
        CHECK(ring_add(&r, bytes, length) == fits);
        CHECK(ring_used(&r) + ring_room(&r) == LIMIT);
        if (round % 100 == 0)
            check_content(&r);
        CHECK(ring_release(&r, r.base + next_random(&random) % (ring_used(&r) + 1)));
    }
    check_content(&r);
    ring_free(&r);
    CHECK(ring_used(&r) == 0);
}

static void takes_no_memory_before_it_is_used(void) {
    struct ring r;
    ring_init(&r, LIMIT);
    CHECK(r.data == NULL);
    CHECK(ring_add(&r, "a", 1));
    CHECK(r.capacity < LIMIT);
    ring_free(&r);
}

static void refuses_offsets_that_it_does_not_hold(void) {
    struct ring r;
    struct iovec pieces[2];
    ring_init(&r, LIMIT);
    CHECK(ring_add(&r, "abcdef", 6));
    CHECK(ring_release(&r, 2));
    CHECK(!ring_release(&r, 1));
    CHECK(!ring_release(&r, 7));
    CHECK(ring_pieces(&r, 1, 1, pieces) == 0);
    CHECK(ring_pieces(&r, 6, 1, pieces) == 0);
    CHECK(ring_release(&r, 6));
    ring_free(&r);
}

int main(void) {
    keeps_bytes_at_their_offsets();
    takes_no_memory_before_it_is_used();
    refuses_offsets_that_it_does_not_hold();
    return 0;
}
