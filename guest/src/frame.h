// SPDX-License-Identifier: Apache-2.0
// Frames of the guest protocol (docs/guest-protocol.md): encoder and incremental decoder. No input
// makes the decoder fail: what is not a frame is dropped until the next SYNC.
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    FRAME_HEADER = 12,
    FRAME_TRAILER = 4,
    FRAME_MAX_PAYLOAD = 16384,
    FRAME_MAX = FRAME_HEADER + FRAME_MAX_PAYLOAD + FRAME_TRAILER,
    SYNC_MAGIC_LENGTH = 8,
    SYNC_NONCE_LENGTH = 8,
    SYNC_LENGTH = SYNC_MAGIC_LENGTH + SYNC_NONCE_LENGTH,
};

#define FRAME_TRAILER_VALUE 0xC5A3E197u
// Neither magic begins a valid frame (its length would be too large); its first byte does not occur
// again in it.
#define SYNC_HOST_MAGIC "HYPERSYN"
#define SYNC_GUEST_MAGIC "HYPERACK"

enum frame_type {
    FRAME_HELLO = 1,
    FRAME_REQUEST = 2,
    FRAME_REPLY = 3,
    FRAME_ERROR = 4,
    FRAME_EVENT = 5,
    FRAME_DATA = 6,
    FRAME_EOF = 7,
    FRAME_ACK = 8,
    FRAME_CLOSE = 9,
    FRAME_LAST = FRAME_CLOSE,
};

// The rest of the message follows in the next frame of the same type and id.
enum { FRAME_FLAG_MORE = 1 };

struct frame {
    uint8_t type;
    uint8_t flags;
    uint32_t id;
    size_t length;
    char *payload;
};

enum decoder_state { DECODER_HUNT, DECODER_NONCE, DECODER_HEADER, DECODER_BODY };

struct decoder {
    enum decoder_state state;
    size_t have;
    uint64_t dropped;
    struct frame frame;
    char nonce[SYNC_NONCE_LENGTH];
    char bytes[FRAME_MAX];
};

struct decoder_events {
    void *context;
    // The payload belongs to the decoder; one byte behind it may be written.
    void (*frame)(void *context, const struct frame *frame);
    void (*sync)(void *context, const char nonce[SYNC_NONCE_LENGTH]);
};

// A new decoder hunts for a SYNC.
void decoder_init(struct decoder *d);
void decoder_feed(struct decoder *d, const struct decoder_events *events, const char *data,
                  size_t length);

void frame_header(char out[FRAME_HEADER], uint8_t type, uint8_t flags, uint32_t id, size_t length);
void frame_trailer(char out[FRAME_TRAILER]);

void put_u32(char *to, uint32_t value);
void put_u64(char *to, uint64_t value);
uint32_t get_u32(const char *from);
uint64_t get_u64(const char *from);

#endif
