// SPDX-License-Identifier: Apache-2.0
#include "session.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "files.h"
#include "frame.h"
#include "output.h"
#include "signals.h"
#include "terminal.h"

enum {
    POLL_SOCKET,
    POLL_SIGNALS,
    POLL_STDIN,
    POLL_OUTPUT,
    POLL_FILES,
    POLLED = POLL_FILES + FILES_MAX
};
enum { FORCED_AFTER = 3 };

// What is being written out: no further frame is looked at before it is through.
struct delivery {
    uint8_t type; // STDOUT, STDERR or FILE_DATA
    uint32_t file;
    struct output to;
    const uint8_t *data;
    size_t left;
};

struct session {
    struct outbox out;
    struct inbox in;
    struct files files;
    struct output streams[2]; // stdout, stderr
    struct delivery delivery;
    uint64_t stdin_credit;
    int terminations;
    const char *path;
    bool ended;
    int exit_code;
};

static void end(struct session *s, int code) {
    s->ended = true;
    s->exit_code = code;
}

static void say(const struct session *s, const char *what) {
    terminal_raw(false);
    fprintf(stderr, "hyperctl: %s: %s\n", s->path, what);
}

static void send_signal(struct session *s, int number) {
    uint8_t payload = (uint8_t)number;
    outbox_put(&s->out, SIGNAL, &payload, 1);
}

static void send_size(struct session *s) {
    uint16_t rows, columns;
    uint8_t payload[4];
    terminal_size(&rows, &columns);
    put_u16(put_u16(payload, rows), columns);
    outbox_put(&s->out, RESIZE, payload, sizeof payload);
}

static void serve_signals(struct session *s) {
    for (int number; !s->ended && (number = signals_next());) {
        if (number == SIGCONT)
            terminal_resume();
        if (number == SIGWINCH || number == SIGCONT)
            send_size(s);
        if (number != SIGWINCH)
            send_signal(s, number);
        if ((number == SIGINT || number == SIGTERM) && ++s->terminations == FORCED_AFTER) {
            say(s, "interrupted three times and not done: leaving the command to the daemon");
            end(s, 128 + number);
        }
    }
}

static void delivery_failed(struct session *s) {
    int reason = errno;
    struct local_file *file;
    s->delivery.left = 0;
    switch (s->delivery.type) {
    case FILE_DATA:
        if ((file = files_find(&s->files, s->delivery.file)))
            files_fail(&s->files, file);
        return;
    case STDERR:
        return; // nobody left to complain to
    default:
        send_signal(s, SIGPIPE);
        outbox_flush(&s->out);
        terminal_raw(false);
        if (reason == EPIPE) {
            files_close_all(&s->files);
            signals_die_of_broken_pipe();
        }
        fprintf(stderr, "hyperctl: cannot write to standard output: %s\n", strerror(reason));
        end(s, 1);
    }
}

static void deliver(struct session *s) {
    struct delivery *d = &s->delivery;
    ssize_t n = output_write(&d->to, d->data, d->left);
    if (n >= 0) {
        d->data += n;
        d->left -= (size_t)n;
    } else if (errno != EAGAIN && errno != EINTR) {
        delivery_failed(s);
    }
}

static void start_delivery(struct session *s, const struct frame *frame) {
    struct delivery *d = &s->delivery;
    d->type = frame->type;
    d->data = frame->payload;
    d->left = frame->length;
    if (frame->type != FILE_DATA)
        d->to = s->streams[frame->type - STDOUT];
    if (d->left)
        deliver(s);
}

static bool start_file_delivery(struct session *s, const struct frame *frame) {
    struct cursor c = {frame->payload, frame->length, false};
    struct local_file *file = files_find(&s->files, take_u32(&c));
    if (c.bad)
        return false;
    if (!file)
        return true; // failed meanwhile: the daemon has been told
    s->delivery.file = file->id;
    s->delivery.to = output_owned(file->fd);
    start_delivery(s, &(struct frame){FILE_DATA, c.at, c.left});
    return true;
}

// False if the frame is malformed or unknown.
static bool dispatch(struct session *s, const struct frame *frame) {
    struct cursor c = {frame->payload, frame->length, false};
    switch (frame->type) {
    case STDOUT:
    case STDERR:
        start_delivery(s, frame);
        return true;
    case STDIN_CREDIT:
        s->stdin_credit += take_u32(&c);
        break;
    case RAW_MODE:
        terminal_raw(take_u8(&c) != 0);
        break;
    case EXIT:
        end(s, (int)(take_u32(&c) & 0xff));
        break;
    case FILE_DATA:
        return start_file_delivery(s, frame);
    default:
        return frame->type >= FILE_READ && frame->type <= FILE_MAKE &&
               files_serve(&s->files, frame->type, c);
    }
    return !c.bad && !c.left;
}

static void refuse(struct session *s, const struct frame *frame) {
    char what[96];
    snprintf(what, sizeof what, "hyperd sent a frame that is not valid (type 0x%02x, %zu bytes)",
             frame->type, frame->length);
    say(s, what);
    end(s, EXIT_DAEMON);
}

// Serves the frames that are here. True if one may still be waiting behind a delivery or for room.
static bool serve_frames(struct session *s) {
    struct frame frame;
    while (!s->ended) {
        if (s->delivery.left || !outbox_has_room_for_answer(&s->out))
            return true;
        switch (inbox_next(&s->in, &frame)) {
        case INBOX_MORE:
            return false;
        case INBOX_OVERSIZED:
            refuse(s, &frame);
            break;
        case INBOX_FRAME:
            if (!dispatch(s, &frame))
                refuse(s, &frame);
        }
    }
    return false;
}

static void read_stdin(struct session *s) {
    size_t limit = s->stdin_credit < PAYLOAD_MAX ? (size_t)s->stdin_credit : PAYLOAD_MAX;
    ssize_t n = read(STDIN_FILENO, outbox_payload(&s->out), limit);
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n <= 0) {
        s->stdin_credit = 0; // a terminal may be read again after ctrl-D, if the daemon asks
        outbox_put(&s->out, STDIN_EOF, NULL, 0);
        return;
    }
    s->stdin_credit -= (uint64_t)n;
    outbox_commit(&s->out, STDIN, (size_t)n);
}

static struct pollfd polled(int fd, bool wanted, int events) {
    return (struct pollfd){wanted ? fd : -1, (short)events, 0};
}

static void prepare(struct session *s, struct pollfd *set, int signals, bool input_waits) {
    bool room = outbox_has_room_for_data(&s->out);
    int to_send = outbox_is_empty(&s->out) ? 0 : POLLOUT;
    int to_receive = input_waits ? 0 : POLLIN;
    set[POLL_SOCKET] = polled(s->in.socket, to_send || to_receive, to_send | to_receive);
    set[POLL_SIGNALS] = polled(signals, true, POLLIN);
    set[POLL_STDIN] = polled(STDIN_FILENO, room && s->stdin_credit, POLLIN);
    set[POLL_OUTPUT] = polled(s->delivery.to.fd, s->delivery.left, POLLOUT);
    for (int i = 0; i < FILES_MAX; i++) {
        const struct local_file *file = &s->files.slots[i];
        set[POLL_FILES + i] = polled(file->fd, room && files_wants_reading(file), POLLIN);
    }
}

static void serve(struct session *s, const struct pollfd *set) {
    if (set[POLL_SOCKET].revents & (POLLIN | POLLHUP | POLLERR) &&
        set[POLL_SOCKET].events & POLLIN && !inbox_fill(&s->in)) {
        say(s,
            "lost the connection to hyperd before the command was done (containers keep running)");
        end(s, EXIT_DAEMON);
        return;
    }
    if (set[POLL_OUTPUT].revents)
        deliver(s);
    if (set[POLL_STDIN].revents && outbox_has_room_for_data(&s->out))
        read_stdin(s);
    for (int i = 0; i < FILES_MAX; i++)
        if (set[POLL_FILES + i].revents && outbox_has_room_for_data(&s->out))
            files_read(&s->files, &s->files.slots[i]);
}

int session_run(int socket, int signals, const char *path) {
    static struct session s; // too large for some stacks
    s.out.socket = s.in.socket = socket;
    s.files.out = &s.out;
    s.path = path;
    s.streams[0] = output_shared(STDOUT_FILENO);
    s.streams[1] = output_shared(STDERR_FILENO);
    while (!s.ended) {
        struct pollfd set[POLLED];
        bool input_waits = serve_frames(&s);
        outbox_flush(&s.out);
        prepare(&s, set, signals, input_waits);
        if (!s.ended && poll(set, POLLED, -1) > 0)
            serve(&s, set);
        serve_signals(&s);
    }
    outbox_flush(&s.out);
    files_close_all(&s.files);
    terminal_raw(false);
    return s.exit_code;
}
