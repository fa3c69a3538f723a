// SPDX-License-Identifier: Apache-2.0
#include "streams.h"

#include "channel.h"
#include "files.h"
#include "log.h"
#include "loop.h"
#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { OFFSET_LENGTH = 8, READ_AT_ONCE = 64 * 1024 };

struct stream {
    // First, so that a watch is its stream.
    struct watch watch;
    uint32_t id;
    bool input;
    enum stream_kind kind;
    // No more bytes come into the ring: the pipe was closed (output), the host said EOF (input).
    bool ended;
    bool eof_sent;
    struct ring ring;
    // Output: what was sent, and how far may be sent. Input: what was acknowledged.
    uint64_t sent;
    uint64_t allowed;
    struct stream *next;
};

static struct stream *streams;
static size_t stream_count;
// Where the next turn of output begins.
static struct stream *turn;

static struct stream *find(uint32_t id) {
    for (struct stream *s = streams; s; s = s->next) {
        if (s->id == id)
            return s;
    }
    return NULL;
}

bool stream_id_free(uint32_t id) {
    return id != 0 && !find(id);
}

static void stop_watching(struct stream *s) {
    loop_unwatch(&s->watch);
    close_fd(&s->watch.fd);
}

static void forget(struct stream *s) {
    struct stream **at = &streams;
    while (*at != s)
        at = &(*at)->next;
    *at = s->next;
    if (turn == s)
        turn = s->next;
    stop_watching(s);
    ring_free(&s->ring);
    free(s);
    stream_count--;
}

static void acknowledge_input(struct stream *s) {
    char payload[OFFSET_LENGTH + 4];
    put_u64(payload, s->ring.base);
    put_u32(payload + OFFSET_LENGTH, STREAM_WINDOW);
    s->sent = s->ring.base;
    channel_frame(FRAME_ACK, s->id, &(struct iovec){payload, sizeof payload}, 1);
}

static void close_input(struct stream *s) {
    channel_frame(FRAME_CLOSE, s->id, NULL, 0);
    forget(s);
}

static void on_readable(struct watch *watch, uint32_t events) {
    (void)events;
    struct stream *s = (struct stream *)watch;
    struct iovec pieces[2];
    int count = ring_space(&s->ring, READ_AT_ONCE, pieces);
    ssize_t length = count ? readv(watch->fd, pieces, count) : -1;
    if (count && length < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (length > 0)
        ring_commit(&s->ring, (size_t)length);
    else if (count) {
        // End of the pipe, or EIO: nobody has the terminal open any more.
        s->ended = true;
        stop_watching(s);
        return;
    }
    // The writer waits until the host has taken something.
    if (ring_room(&s->ring) == 0 || !count)
        loop_unwatch(&s->watch);
}

// Writes what waits; ends the stream when it is done or nobody reads.
static void write_input(struct stream *s) {
    while (ring_used(&s->ring) > 0) {
        struct iovec pieces[2];
        int count = ring_pieces(&s->ring, s->ring.base, ring_used(&s->ring), pieces);
        ssize_t length = writev(s->watch.fd, pieces, count);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0 && errno == EAGAIN) {
            if (!s->watch.added)
                loop_watch(&s->watch, EPOLLOUT);
            break;
        }
        if (length < 0) {
            close_input(s);
            return;
        }
        ring_release(&s->ring, s->ring.base + (uint64_t)length);
    }
    bool empty = ring_used(&s->ring) == 0;
    if (empty)
        loop_unwatch(&s->watch);
    if (s->ring.base != s->sent && (empty || s->ring.base - s->sent >= STREAM_WINDOW / 4))
        acknowledge_input(s);
    if (empty && s->ended) {
        acknowledge_input(s);
        // A terminal has no end of input: its user types one.
        if (s->kind != STREAM_OF_TERMINAL)
            forget(s);
    }
}

static void on_writable(struct watch *watch, uint32_t events) {
    (void)events;
    write_input((struct stream *)watch);
}

static struct stream *add(uint32_t id, int fd, enum stream_kind kind) {
    struct stream *s = stream_count < STREAMS_MAX ? calloc(1, sizeof *s) : NULL;
    if (!s) {
        log_line("too many streams");
        close(fd);
        return NULL;
    }
    s->id = id;
    s->kind = kind;
    s->watch.fd = fd;
    s->next = streams;
    streams = s;
    stream_count++;
    ring_init(&s->ring, STREAM_WINDOW);
    return s;
}

bool stream_add_output(uint32_t id, int fd, enum stream_kind kind) {
    struct stream *s = add(id, fd, kind);
    if (!s)
        return false;
    s->watch.ready = on_readable;
    s->allowed = STREAM_WINDOW;
    loop_watch(&s->watch, EPOLLIN);
    return true;
}

bool stream_add_input(uint32_t id, int fd, enum stream_kind kind) {
    struct stream *s = add(id, fd, kind);
    if (!s)
        return false;
    s->watch.ready = on_writable;
    s->input = true;
    return true;
}

void stream_end_input(uint32_t id) {
    struct stream *s = find(id);
    if (s && s->input)
        close_input(s);
}

void streams_on_data(uint32_t id, const char *payload, size_t length) {
    struct stream *s = find(id);
    if (!s || !s->input || s->ended || length < OFFSET_LENGTH)
        return;
    uint64_t offset = get_u64(payload);
    const char *bytes = payload + OFFSET_LENGTH;
    length -= OFFSET_LENGTH;
    if (offset > s->ring.end) {
        log_line("stream %u: bytes before offset %llu are missing", id, (unsigned long long)offset);
        return;
    }
    // A host that connected again repeats what it is not sure of.
    uint64_t known = s->ring.end - offset;
    if (known >= length)
        return;
    if (!ring_add(&s->ring, bytes + known, length - (size_t)known)) {
        log_line("stream %u: the host sent more than the window", id);
        return;
    }
    write_input(s);
}

void streams_on_eof(uint32_t id, const char *payload, size_t length) {
    struct stream *s = find(id);
    if (!s || !s->input || length < OFFSET_LENGTH || get_u64(payload) != s->ring.end)
        return;
    s->ended = true;
    write_input(s);
}

void streams_on_ack(uint32_t id, const char *payload, size_t length) {
    struct stream *s = find(id);
    if (!s || s->input || length < OFFSET_LENGTH + 4)
        return;
    uint64_t offset = get_u64(payload);
    if (offset < s->ring.base || offset > s->ring.end) {
        log_line("stream %u: the host acknowledged offset %llu, out of range", id,
                 (unsigned long long)offset);
        return;
    }
    if (s->ended && s->eof_sent && offset == s->ring.end) {
        forget(s);
        return;
    }
    ring_release(&s->ring, offset);
    // After a new connection, sending goes on from what that host has.
    if (s->allowed == 0 || s->sent < offset)
        s->sent = offset;
    uint64_t allowed = offset + get_u32(payload + OFFSET_LENGTH);
    if (allowed > s->allowed)
        s->allowed = allowed;
    if (!s->ended && s->watch.fd >= 0 && !s->watch.added && ring_room(&s->ring) > 0)
        loop_watch(&s->watch, EPOLLIN);
}

void streams_on_close(uint32_t id) {
    struct stream *s = find(id);
    // The writer gets EPIPE; the readers of a terminal's other side hear of it by its signals.
    if (s)
        forget(s);
}

void streams_suspend(void) {
    for (struct stream *s = streams, *next; s; s = next) {
        next = s->next;
        if (s->kind == STREAM_OF_REQUEST) {
            forget(s);
        } else if (!s->input) {
            s->allowed = 0;
            s->eof_sent = false;
        }
    }
}

// Sends a frame of this stream if there is something to send and it may be sent.
static bool send_some(struct stream *s) {
    // Allowed is at least the window of the host's first acknowledgement; 0 means that there was
    // none yet.
    if (s->input || s->eof_sent || s->allowed == 0)
        return false;
    char offset[OFFSET_LENGTH];
    put_u64(offset, s->sent);
    struct iovec pieces[3] = {{offset, sizeof offset}};
    if (s->sent < s->ring.end && s->sent < s->allowed) {
        size_t wanted = FRAME_MAX_PAYLOAD - OFFSET_LENGTH;
        if (s->allowed - s->sent < wanted)
            wanted = (size_t)(s->allowed - s->sent);
        int count = ring_pieces(&s->ring, s->sent, wanted, pieces + 1);
        for (int i = 1; i <= count; i++)
            s->sent += pieces[i].iov_len;
        channel_frame(FRAME_DATA, s->id, pieces, count + 1);
        return true;
    }
    if (s->ended && s->sent == s->ring.end) {
        s->eof_sent = true;
        channel_frame(FRAME_EOF, s->id, pieces, 1);
        return true;
    }
    return false;
}

bool streams_fill(void) {
    struct stream *s = turn ? turn : streams;
    for (size_t i = 0; i < stream_count; i++) {
        struct stream *next = s->next ? s->next : streams;
        if (send_some(s)) {
            turn = next;
            return true;
        }
        s = next;
    }
    return false;
}

void stream_describe(uint32_t id, struct buffer *out) {
    struct stream *s = find(id);
    if (!s) {
        buffer_text(out, "null");
        return;
    }
    buffer_format(out, "{\"id\":%u,\"direction\":\"%s\",\"start\":%llu,\"end\":%llu,\"ended\":%s}",
                  id, s->input ? "in" : "out", (unsigned long long)s->ring.base,
                  (unsigned long long)s->ring.end, s->ended ? "true" : "false");
}
