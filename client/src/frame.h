// SPDX-License-Identifier: Apache-2.0
// Frames: a bounded outgoing queue and a bounded incoming buffer over one socket.
#ifndef HYPERCTL_FRAME_H
#define HYPERCTL_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

enum {
    OUTBOX_SIZE = 4 * (HEADER_SIZE + PAYLOAD_MAX),
    INBOX_SIZE = 4 * (HEADER_SIZE + PAYLOAD_MAX),
    CONTROL_RESERVE = 8 * 1024, // room that data never takes from control frames
};

// Frames that wait to be sent. `broken` is set once the daemon no longer reads.
struct outbox {
    int socket;
    bool broken;
    size_t head, tail;
    uint8_t bytes[OUTBOX_SIZE];
};

// True if the answer to any frame still fits.
bool outbox_has_room_for_answer(const struct outbox *out);
// True if a data frame of any size still fits.
bool outbox_has_room_for_data(const struct outbox *out);
// Where the payload of the next data frame may be put; outbox_commit then makes it a frame.
uint8_t *outbox_payload(struct outbox *out);
void outbox_commit(struct outbox *out, uint8_t type, size_t length);
// Queues a small frame; false if the queue is full.
bool outbox_put(struct outbox *out, uint8_t type, const void *payload, size_t length);
bool outbox_is_empty(const struct outbox *out);
// Sends what the socket takes without blocking.
void outbox_flush(struct outbox *out);

struct frame {
    uint8_t type;
    const uint8_t *payload;
    size_t length;
};

struct inbox {
    int socket;
    size_t head, tail;
    uint8_t bytes[INBOX_SIZE];
};

enum inbox_state { INBOX_FRAME, INBOX_MORE, INBOX_OVERSIZED };

// Takes the next whole frame; its payload stays valid until inbox_fill.
enum inbox_state inbox_next(struct inbox *in, struct frame *frame);
// Reads once. False when the daemon has closed the connection.
bool inbox_fill(struct inbox *in);

// A payload that is read or written field by field; `bad` is set when it is too short or too small.
struct cursor {
    const uint8_t *at;
    size_t left;
    bool bad;
};
uint8_t take_u8(struct cursor *c);
uint32_t take_u32(struct cursor *c);
// Copies a string of at most PATH_LIMIT bytes without NUL into `to`, which has PATH_LIMIT + 1.
void take_string(struct cursor *c, char *to);

uint8_t *put_u16(uint8_t *at, uint16_t value);
uint8_t *put_u32(uint8_t *at, uint32_t value);
uint8_t *put_u64(uint8_t *at, uint64_t value);
uint8_t *put_string(uint8_t *at, const char *text);

#endif
