// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <string.h>

void put_u32(char *to, uint32_t value) {
    for (int i = 0; i < 4; i++)
        to[i] = (char)(value >> (24 - 8 * i));
}

void put_u64(char *to, uint64_t value) {
    put_u32(to, (uint32_t)(value >> 32));
    put_u32(to + 4, (uint32_t)value);
}

uint32_t get_u32(const char *from) {
    const unsigned char *b = (const unsigned char *)from;
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

uint64_t get_u64(const char *from) {
    return (uint64_t)get_u32(from) << 32 | get_u32(from + 4);
}

void frame_header(char out[FRAME_HEADER], uint8_t type, uint8_t flags, uint32_t id, size_t length) {
    put_u32(out, (uint32_t)length);
    out[4] = (char)type;
    out[5] = (char)flags;
    out[6] = 0;
    out[7] = 0;
    put_u32(out + 8, id);
}

void frame_trailer(char out[FRAME_TRAILER]) {
    put_u32(out, FRAME_TRAILER_VALUE);
}

void decoder_init(struct decoder *d) {
    memset(d, 0, sizeof *d);
    d->state = DECODER_HUNT;
}

// `have` counts the bytes of the magic that were seen. As its first byte occurs only once in it, a
// mismatch can only start anew at the current byte.
static void hunt(struct decoder *d, char byte) {
    if (byte == SYNC_HOST_MAGIC[d->have]) {
        if (++d->have == SYNC_MAGIC_LENGTH) {
            d->state = DECODER_NONCE;
            d->have = 0;
        }
        return;
    }
    d->dropped += d->have + 1;
    d->have = 0;
    if (byte == SYNC_HOST_MAGIC[0]) {
        d->have = 1;
        d->dropped--;
    }
}

static bool header_valid(struct decoder *d) {
    struct frame *f = &d->frame;
    f->length = get_u32(d->bytes);
    f->type = (uint8_t)d->bytes[4];
    f->flags = (uint8_t)d->bytes[5];
    f->id = get_u32(d->bytes + 8);
    f->payload = d->bytes + FRAME_HEADER;
    return f->length <= FRAME_MAX_PAYLOAD && f->type >= FRAME_HELLO && f->type <= FRAME_LAST &&
           (f->flags & ~FRAME_FLAG_MORE) == 0 && d->bytes[6] == 0 && d->bytes[7] == 0;
}

static void end_header(struct decoder *d) {
    if (header_valid(d)) {
        d->state = DECODER_BODY;
        return;
    }
    // A SYNC may begin anywhere in these bytes.
    char header[FRAME_HEADER];
    memcpy(header, d->bytes, sizeof header);
    d->state = DECODER_HUNT;
    d->have = 0;
    for (size_t i = 0; i < sizeof header; i++) {
        if (d->state == DECODER_HUNT)
            hunt(d, header[i]);
        else
            d->nonce[d->have++] = header[i];
    }
}

static void end_body(struct decoder *d, const struct decoder_events *events) {
    if (get_u32(d->frame.payload + d->frame.length) != FRAME_TRAILER_VALUE) {
        // Cut off by a SYNC: its zeros reach further than the frame, so its magic is not in these
        // bytes.
        d->dropped += d->have;
        d->state = DECODER_HUNT;
        d->have = 0;
        return;
    }
    d->state = DECODER_HEADER;
    d->have = 0;
    events->frame(events->context, &d->frame);
}

// Adds bytes up to `wanted`; returns how many were taken.
static size_t collect(struct decoder *d, const char *data, size_t length, size_t wanted) {
    size_t count = wanted - d->have < length ? wanted - d->have : length;
    memcpy(d->bytes + d->have, data, count);
    d->have += count;
    return count;
}

void decoder_feed(struct decoder *d, const struct decoder_events *events, const char *data,
                  size_t length) {
    while (length > 0) {
        size_t taken = 1;
        switch (d->state) {
        case DECODER_HUNT:
            hunt(d, *data);
            break;
        case DECODER_NONCE:
            d->nonce[d->have++] = *data;
            if (d->have == SYNC_NONCE_LENGTH) {
                d->state = DECODER_HEADER;
                d->have = 0;
                events->sync(events->context, d->nonce);
            }
            break;
        case DECODER_HEADER:
            taken = collect(d, data, length, FRAME_HEADER);
            if (d->have == FRAME_HEADER)
                end_header(d);
            break;
        case DECODER_BODY:
            taken = collect(d, data, length, FRAME_HEADER + d->frame.length + FRAME_TRAILER);
            if (d->have == FRAME_HEADER + d->frame.length + FRAME_TRAILER)
                end_body(d, events);
            break;
        }
        data += taken;
        length -= taken;
    }
}
