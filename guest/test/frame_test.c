// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "frame.h"

#include <string.h>

struct seen {
    int frames;
    int syncs;
    uint32_t last_id;
    size_t last_length;
    char last_first;
    char nonce[SYNC_NONCE_LENGTH];
};

static void on_frame(void *context, const struct frame *frame) {
    struct seen *seen = context;
    CHECK(frame->length <= FRAME_MAX_PAYLOAD);
    seen->frames++;
    seen->last_id = frame->id;
    seen->last_length = frame->length;
    seen->last_first = frame->length ? frame->payload[0] : 0;
    // The promise to the receiver: one byte behind may be written.
    frame->payload[frame->length] = '\0';
}

static void on_sync(void *context, const char nonce[SYNC_NONCE_LENGTH]) {
    struct seen *seen = context;
    seen->syncs++;
    memcpy(seen->nonce, nonce, SYNC_NONCE_LENGTH);
}

static size_t put_frame(char *out, uint32_t id, size_t length, char fill) {
    frame_header(out, FRAME_REQUEST, 0, id, length);
    memset(out + FRAME_HEADER, fill, length);
    frame_trailer(out + FRAME_HEADER + length);
    return FRAME_HEADER + length + FRAME_TRAILER;
}

static size_t put_sync(char *out, const char *nonce) {
    memcpy(out, SYNC_HOST_MAGIC, SYNC_MAGIC_LENGTH);
    memcpy(out + SYNC_MAGIC_LENGTH, nonce, SYNC_NONCE_LENGTH);
    return SYNC_LENGTH;
}

static struct decoder decoder;
static char bytes[8 * FRAME_MAX];

static struct seen feed(size_t length, size_t step) {
    struct seen seen = {0};
    struct decoder_events events = {&seen, on_frame, on_sync};
    for (size_t at = 0; at < length; at += step)
        decoder_feed(&decoder, &events, bytes + at, length - at < step ? length - at : step);
    return seen;
}

static void drops_everything_before_the_first_sync(void) {
    decoder_init(&decoder);
    size_t length = put_frame(bytes, 1, 10, 'x');
    struct seen seen = feed(length, length);
    CHECK(seen.frames == 0 && seen.syncs == 0);
    CHECK(decoder.dropped == length);
}

static void decodes_frames_however_they_are_cut(void) {
    size_t length = put_sync(bytes, "nonce123");
    length += put_frame(bytes + length, 1, 0, 'a');
    length += put_frame(bytes + length, 2, FRAME_MAX_PAYLOAD, 'b');
    length += put_frame(bytes + length, 3, 77, 'c');
    for (size_t step = 1; step < 40; step++) {
        decoder_init(&decoder);
        struct seen seen = feed(length, step);
        CHECK(seen.syncs == 1 && seen.frames == 3);
        CHECK(memcmp(seen.nonce, "nonce123", SYNC_NONCE_LENGTH) == 0);
        CHECK(seen.last_id == 3 && seen.last_length == 77 && seen.last_first == 'c');
    }
}

static void finds_a_new_host_wherever_the_old_one_stopped(void) {
    static char whole[2 * FRAME_MAX];
    size_t total = put_frame(whole, 1, 300, 'a');
    total += put_frame(whole + total, 2, FRAME_MAX_PAYLOAD, 'b');
    for (size_t cut = 0; cut <= total; cut += cut < 700 ? 1 : 501) {
        decoder_init(&decoder);
        size_t length = put_sync(bytes, "old-host");
        memcpy(bytes + length, whole, cut);
        length += cut;
        memset(bytes + length, 0, FRAME_MAX);
        length += FRAME_MAX;
        length += put_sync(bytes + length, "new-host");
        length += put_frame(bytes + length, 9, 5, 'z');
        struct seen seen = feed(length, 1000);
        CHECK(seen.syncs == 2);
        CHECK(memcmp(seen.nonce, "new-host", SYNC_NONCE_LENGTH) == 0);
        CHECK(seen.last_id == 9);
    }
}

static void finds_a_sync_between_frames_without_zeros(void) {
    decoder_init(&decoder);
    size_t length = put_sync(bytes, "old-host");
    length += put_frame(bytes + length, 1, 8, 'a');
    length += put_sync(bytes + length, "new-host");
    length += put_frame(bytes + length, 2, 8, 'b');
    struct seen seen = feed(length, length);
    CHECK(seen.syncs == 2 && seen.frames == 2 && seen.last_id == 2);
}

static void a_magic_in_the_payload_is_payload(void) {
    decoder_init(&decoder);
    size_t length = put_sync(bytes, "old-host");
    size_t start = length;
    length += put_frame(bytes + length, 1, 64, 'a');
    put_sync(bytes + start + FRAME_HEADER + 20, "forgery!");
    struct seen seen = feed(length, length);
    CHECK(seen.syncs == 1 && seen.frames == 1);
}

static void refuses_bad_headers(void) {
    static const char headers[][FRAME_HEADER] = {
        {0, 0, 0x40, 1, FRAME_REQUEST},    {0, 0, 0, 0, 0},
        {0, 0, 0, 0, FRAME_LAST + 1},      {0, 0, 0, 0, FRAME_REQUEST, 2},
        {0, 0, 0, 0, FRAME_REQUEST, 0, 1}, {(char)0xff, 0, 0, 0, FRAME_REQUEST}};
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        decoder_init(&decoder);
        size_t length = put_sync(bytes, "12345678");
        memcpy(bytes + length, headers[i], FRAME_HEADER);
        length += FRAME_HEADER;
        length += put_frame(bytes + length, 1, 4, 'a');
        struct seen seen = feed(length, length);
        CHECK(seen.frames == 0);
        CHECK(decoder.state == DECODER_HUNT);
    }
}

static void survives_any_bytes(void) {
    uint64_t random = 1;
    decoder_init(&decoder);
    for (int round = 0; round < 3000; round++) {
        size_t length = 0;
        while (length < 3 * FRAME_MAX) {
            uint64_t choice = next_random(&random) % 8;
            size_t start = length;
            if (choice == 0)
                length += put_sync(bytes + length, "12345678");
            else if (choice < 5)
                length += put_frame(bytes + length, (uint32_t)next_random(&random),
                                    next_random(&random) % 2000, 'q');
            else
                for (size_t i = 0; i < 50; i++)
                    bytes[length++] = (char)next_random(&random);
            if (choice % 3 == 0)
                bytes[start + next_random(&random) % (length - start)] ^= 0x10;
        }
        feed(length, 1 + next_random(&random) % 5000);
    }
    // And then it still works.
    size_t length = FRAME_MAX;
    memset(bytes, 0, length);
    length += put_sync(bytes + length, "lasthost");
    length += put_frame(bytes + length, 5, 5, 'e');
    struct seen seen = feed(length, length);
    CHECK(seen.syncs == 1 && seen.frames == 1 && seen.last_id == 5);
}

int main(void) {
    drops_everything_before_the_first_sync();
    decodes_frames_however_they_are_cut();
    finds_a_new_host_wherever_the_old_one_stopped();
    finds_a_sync_between_frames_without_zeros();
    a_magic_in_the_payload_is_payload();
    refuses_bad_headers();
    survives_any_bytes();
    return 0;
}
