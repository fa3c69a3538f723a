// SPDX-License-Identifier: Apache-2.0
// The bytes of a stream between two absolute offsets: `base` (the oldest that is kept) and `end`.
// Memory grows with use up to `limit`, which is a power of two.
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

struct ring {
    char *data;
    size_t capacity;
    size_t limit;
    uint64_t base;
    uint64_t end;
};

void ring_init(struct ring *r, size_t limit);
void ring_free(struct ring *r);
size_t ring_used(const struct ring *r);
size_t ring_room(const struct ring *r);
// Where up to `wanted` bytes can be read into, in at most two pieces; they count once `ring_commit`
// is called. Returns the number of pieces; 0 when there is no room or no memory.
int ring_space(struct ring *r, size_t wanted, struct iovec pieces[2]);
void ring_commit(struct ring *r, size_t count);
bool ring_add(struct ring *r, const void *data, size_t length);
// The bytes from `offset` (between base and end) on, at most `wanted`, in at most two pieces.
int ring_pieces(const struct ring *r, uint64_t offset, size_t wanted, struct iovec pieces[2]);
// Forgets what is before `offset`. False when the ring doesn't hold that offset.
bool ring_release(struct ring *r, uint64_t offset);

#endif
