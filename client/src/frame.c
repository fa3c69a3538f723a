// SPDX-License-Identifier: Apache-2.0
#include "frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

uint8_t *put_u16(uint8_t *at, uint16_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
    return at + 2;
}

uint8_t *put_u32(uint8_t *at, uint32_t value) {
    return put_u16(put_u16(at, (uint16_t)(value >> 16)), (uint16_t)value);
}

uint8_t *put_u64(uint8_t *at, uint64_t value) {
    return put_u32(put_u32(at, (uint32_t)(value >> 32)), (uint32_t)value);
}

uint8_t *put_string(uint8_t *at, const char *text) {
    size_t length = strlen(text);
    at = put_u32(at, (uint32_t)length);
    memcpy(at, text, length);
    return at + length;
}

uint8_t take_u8(struct cursor *c) {
    if (c->left < 1) {
        c->bad = true;
        return 0;
    }
    c->left--;
    return *c->at++;
}

uint32_t take_u32(struct cursor *c) {
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value = value << 8 | take_u8(c);
    return value;
}

void take_string(struct cursor *c, char *to) {
    uint32_t length = take_u32(c);
    to[0] = '\0';
    if (c->bad || length > c->left || length > PATH_LIMIT || memchr(c->at, '\0', length)) {
        c->bad = true;
        return;
    }
    memcpy(to, c->at, length);
    to[length] = '\0';
    c->at += length;
    c->left -= length;
}

static size_t room(const struct outbox *out) {
    return OUTBOX_SIZE - out->tail;
}

bool outbox_is_empty(const struct outbox *out) {
    return out->head == out->tail;
}

bool outbox_has_room_for_data(const struct outbox *out) {
    return room(out) >= HEADER_SIZE + PAYLOAD_MAX + CONTROL_RESERVE;
}

bool outbox_has_room_for_answer(const struct outbox *out) {
    return room(out) >= CONTROL_RESERVE;
}

uint8_t *outbox_payload(struct outbox *out) {
    return out->bytes + out->tail + HEADER_SIZE;
}

void outbox_commit(struct outbox *out, uint8_t type, size_t length) {
    if (out->broken)
        return;
    out->bytes[out->tail] = type;
    put_u32(out->bytes + out->tail + 1, (uint32_t)length);
    out->tail += HEADER_SIZE + length;
}

bool outbox_put(struct outbox *out, uint8_t type, const void *payload, size_t length) {
    if (room(out) < HEADER_SIZE + length)
        return false;
    if (length)
        memcpy(outbox_payload(out), payload, length);
    outbox_commit(out, type, length);
    return true;
}

void outbox_flush(struct outbox *out) {
    while (!outbox_is_empty(out)) {
        ssize_t n = send(out->socket, out->bytes + out->head, out->tail - out->head,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN)
            break;
        if (n < 0) {
            // What the daemon said before it left is still to be read.
            out->broken = true;
            out->head = out->tail = 0;
            return;
        }
        out->head += (size_t)n;
    }
    memmove(out->bytes, out->bytes + out->head, out->tail - out->head);
    out->tail -= out->head;
    out->head = 0;
}

enum inbox_state inbox_next(struct inbox *in, struct frame *frame) {
    size_t available = in->tail - in->head;
    if (available < HEADER_SIZE)
        return INBOX_MORE;
    struct cursor c = {in->bytes + in->head, HEADER_SIZE, false};
    frame->type = take_u8(&c);
    frame->length = take_u32(&c);
    frame->payload = c.at;
    if (frame->length > PAYLOAD_MAX)
        return INBOX_OVERSIZED;
    if (available < HEADER_SIZE + frame->length)
        return INBOX_MORE;
    in->head += HEADER_SIZE + frame->length;
    return INBOX_FRAME;
}

bool inbox_fill(struct inbox *in) {
    memmove(in->bytes, in->bytes + in->head, in->tail - in->head);
    in->tail -= in->head;
    in->head = 0;
    ssize_t n = recv(in->socket, in->bytes + in->tail, INBOX_SIZE - in->tail, MSG_DONTWAIT);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    in->tail += (size_t)n;
    return n > 0;
}
