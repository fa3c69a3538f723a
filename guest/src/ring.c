// SPDX-License-Identifier: Apache-2.0
#include "ring.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 4096 };

void ring_init(struct ring *r, size_t limit) {
    memset(r, 0, sizeof *r);
    r->limit = limit;
}

void ring_free(struct ring *r) {
    free(r->data);
    r->data = NULL;
    r->capacity = 0;
    r->base = r->end;
}

size_t ring_used(const struct ring *r) {
    return (size_t)(r->end - r->base);
}

size_t ring_room(const struct ring *r) {
    return r->limit - ring_used(r);
}

// A ring's capacity is a power of two, so an offset's place is its lower bits.
static int place(const struct ring *r, uint64_t offset, size_t count, struct iovec pieces[2]) {
    if (count == 0)
        return 0;
    size_t start = (size_t)(offset & (r->capacity - 1));
    size_t first = r->capacity - start < count ? r->capacity - start : count;
    pieces[0] = (struct iovec){.iov_base = r->data + start, .iov_len = first};
    if (first == count)
        return 1;
    pieces[1] = (struct iovec){.iov_base = r->data, .iov_len = count - first};
    return 2;
}

static bool grow(struct ring *r, size_t needed) {
    size_t capacity = r->capacity ? r->capacity : FIRST_CAPACITY;
    while (capacity < needed && capacity < r->limit)
        capacity *= 2;
    if (capacity == r->capacity)
        return true;
    struct ring larger = *r;
    larger.capacity = capacity;
    larger.data = malloc(capacity);
    if (!larger.data)
        return false;
    larger.end = larger.base;
    struct iovec pieces[2];
    int count = place(r, r->base, ring_used(r), pieces);
    for (int i = 0; i < count; i++) {
        struct iovec to[2];
        const char *from = pieces[i].iov_base;
        int parts = place(&larger, larger.end, pieces[i].iov_len, to);
        for (int j = 0; j < parts; j++) {
            memcpy(to[j].iov_base, from, to[j].iov_len);
            from += to[j].iov_len;
        }
        larger.end += pieces[i].iov_len;
    }
    free(r->data);
    *r = larger;
    return true;
}

int ring_space(struct ring *r, size_t wanted, struct iovec pieces[2]) {
    size_t room = ring_room(r);
    if (wanted > room)
        wanted = room;
    size_t free_now = r->capacity - ring_used(r);
    if (wanted > free_now && !grow(r, ring_used(r) + wanted)) {
        wanted = free_now;
    }
    return place(r, r->end, wanted, pieces);
}

void ring_commit(struct ring *r, size_t count) {
    r->end += count;
}

bool ring_add(struct ring *r, const void *data, size_t length) {
    struct iovec pieces[2];
    if (length > ring_room(r))
        return false;
    int count = ring_space(r, length, pieces);
    size_t available = 0;
    for (int i = 0; i < count; i++)
        available += pieces[i].iov_len;
    if (available < length)
        return false;
    const char *from = data;
    for (int i = 0; i < count; i++) {
        memcpy(pieces[i].iov_base, from, pieces[i].iov_len);
        from += pieces[i].iov_len;
    }
    ring_commit(r, length);
    return true;
}

int ring_pieces(const struct ring *r, uint64_t offset, size_t wanted, struct iovec pieces[2]) {
    if (offset < r->base || offset >= r->end)
        return 0;
    size_t available = (size_t)(r->end - offset);
    return place(r, offset, available < wanted ? available : wanted, pieces);
}

bool ring_release(struct ring *r, uint64_t offset) {
    if (offset < r->base || offset > r->end)
        return false;
    r->base = offset;
    return true;
}
