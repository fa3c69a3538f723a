// SPDX-License-Identifier: Apache-2.0
#include "channel.h"

#include "buffer.h"
#include "files.h"
#include "log.h"
#include "loop.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

enum {
    // Stream data is added while less than this waits; one write of virtio_console takes 32 KiB.
    FILL_BELOW = 32 * 1024,
    WRITE_AT_ONCE = 32 * 1024,
    READ_AT_ONCE = 64 * 1024,
    // What is read or written before others get their turn.
    TURN = 512 * 1024,
    MAX_MESSAGE = 1024 * 1024,
    MAX_WAITING = 8 * 1024 * 1024,
    // Bytes of a paced terminal that one byte to its pace device stands for.
    PACE = 256,
};

static struct watch watch = {.fd = -1};
static int pace_fd = -1;
static size_t unpaced;
static const struct channel_events *events;
static struct decoder decoder;
static struct buffer waiting;
static size_t written;
static struct buffer parts;
static uint8_t parts_type;
static uint32_t parts_id;
static bool connected;
static uint32_t epoch;

static int open_virtio_port(const char *name) {
    DIR *ports = opendir("/sys/class/virtio-ports");
    if (!ports)
        return -1;
    int fd = -1;
    struct dirent *entry;
    while (fd < 0 && (entry = readdir(ports))) {
        char path[300], text[128];
        snprintf(path, sizeof path, "/sys/class/virtio-ports/%s/name", entry->d_name);
        if (file_read_line(path, text, sizeof text) <= 0 || strcmp(text, name) != 0)
            continue;
        snprintf(path, sizeof path, "/dev/%s", entry->d_name);
        fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    }
    closedir(ports);
    return fd;
}

// The line settings are lost with the last descriptor (hvc resets them), so it is opened once and
// stays open.
static int open_tty(const char *device, int access) {
    int fd = open(device, access | O_CLOEXEC | O_NOCTTY);
    struct termios settings;
    if (fd >= 0 && tcgetattr(fd, &settings) == 0) {
        cfmakeraw(&settings);
        settings.c_cflag |= CLOCAL | CREAD;
        tcsetattr(fd, TCSANOW, &settings);
    }
    return fd;
}

static void write_pace(void) {
    while (write(pace_fd, "", 1) < 0 && errno == EINTR)
        ;
}

// Returns -1 unless the terminal and, if one is named, its pace device are there.
static int open_paced_tty(const char *devices) {
    char device[64] = "";
    size_t length = strcspn(devices, ",");
    if (length >= sizeof device) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(device, devices, length);
    if (devices[length] == '\0')
        return open_tty(device, O_RDWR | O_NONBLOCK);
    // Without O_NONBLOCK: a byte that got lost would stop the host for ever.
    if (pace_fd < 0 && (pace_fd = open_tty(devices + length + 1, O_WRONLY)) < 0)
        return -1;
    int fd = open_tty(device, O_RDWR | O_NONBLOCK);
    if (fd >= 0)
        write_pace();
    return fd;
}

// Tells the other end of a paced terminal what has been read from it.
static void pace(size_t count) {
    if (pace_fd < 0)
        return;
    for (unpaced += count; unpaced >= PACE; unpaced -= PACE)
        write_pace();
}

int channel_open_device(const char *specification) {
    if (strncmp(specification, "virtio:", 7) == 0)
        return open_virtio_port(specification + 7);
    if (strncmp(specification, "tty:", 4) == 0)
        return open_paced_tty(specification + 4);
    errno = EINVAL;
    return -1;
}

static void forget_host(void) {
    connected = false;
    buffer_clear(&waiting);
    buffer_clear(&parts);
    written = 0;
}

static void on_sync(void *context, const char nonce[SYNC_NONCE_LENGTH]) {
    (void)context;
    forget_host();
    connected = true;
    epoch++;
    buffer_add(&waiting, SYNC_GUEST_MAGIC, SYNC_MAGIC_LENGTH);
    buffer_add(&waiting, nonce, SYNC_NONCE_LENGTH);
    events->connected();
}

static void on_frame(void *context, const struct frame *frame) {
    (void)context;
    bool more = frame->flags & FRAME_FLAG_MORE;
    if (!more && parts.length == 0) {
        events->message(frame->type, frame->id, frame->payload, frame->length);
        return;
    }
    if (frame->type != FRAME_REQUEST) {
        // Stream frames may come between the parts of a request; only requests have parts.
        if (more)
            log_line("dropped a part of a message of type %u", frame->type);
        else
            events->message(frame->type, frame->id, frame->payload, frame->length);
        return;
    }
    if (parts.length > 0 && (parts_type != frame->type || parts_id != frame->id))
        buffer_clear(&parts);
    parts_type = frame->type;
    parts_id = frame->id;
    if (!buffer_add(&parts, frame->payload, frame->length)) {
        log_line("dropped a request of more than %d bytes", MAX_MESSAGE);
        buffer_clear(&parts);
    } else if (!more && buffer_add(&parts, "", 1)) {
        events->message(frame->type, frame->id, parts.data, parts.length - 1);
        buffer_clear(&parts);
    }
}

static const struct decoder_events decoder_events = {.frame = on_frame, .sync = on_sync};

static void receive(void) {
    static char bytes[READ_AT_ONCE];
    size_t turn = 0;
    while (turn < TURN) {
        ssize_t count = read(watch.fd, bytes, sizeof bytes);
        if (count > 0) {
            pace((size_t)count);
            decoder_feed(&decoder, &decoder_events, bytes, (size_t)count);
            turn += (size_t)count;
            continue;
        }
        if (count < 0 && errno == EINTR)
            continue;
        // End of file says that no host is there, or was none a moment ago: the kernel handles the
        // notices of a host that leaves and of the next one later than that one's bytes. So nothing
        // is forgotten here; a connection begins and ends with SYNC.
        return;
    }
    loop_watch(&watch, EPOLLIN | EPOLLOUT | EPOLLET);
}

static void on_ready(struct watch *unused, uint32_t what) {
    (void)unused;
    // A port without a host is always "hung up"; edge-triggered, it says so once.
    if (what & (EPOLLIN | EPOLLHUP | EPOLLERR))
        receive();
}

void channel_start(int fd, const struct channel_events *handlers) {
    events = handlers;
    watch.fd = fd;
    watch.ready = on_ready;
    decoder_init(&decoder);
    buffer_init(&waiting, MAX_WAITING);
    buffer_init(&parts, MAX_MESSAGE);
    loop_watch(&watch, EPOLLIN | EPOLLOUT | EPOLLET);
}

static void add_frame(uint8_t type, uint8_t flags, uint32_t id, const struct iovec *pieces,
                      int count, size_t length) {
    char header[FRAME_HEADER], trailer[FRAME_TRAILER];
    if (!connected)
        return;
    if (!buffer_reserve(&waiting, FRAME_HEADER + length + FRAME_TRAILER)) {
        // Only a host that asks without reading gets here; it has to connect anew.
        log_line("the host does not read; dropped its connection");
        forget_host();
        return;
    }
    frame_header(header, type, flags, id, length);
    frame_trailer(trailer);
    buffer_add(&waiting, header, sizeof header);
    for (int i = 0; i < count; i++)
        buffer_add(&waiting, pieces[i].iov_base, pieces[i].iov_len);
    buffer_add(&waiting, trailer, sizeof trailer);
}

void channel_frame(uint8_t type, uint32_t id, const struct iovec *pieces, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++)
        length += pieces[i].iov_len;
    add_frame(type, 0, id, pieces, count, length);
}

void channel_message(uint8_t type, uint32_t id, const char *payload, size_t length) {
    do {
        size_t count = length < FRAME_MAX_PAYLOAD ? length : FRAME_MAX_PAYLOAD;
        struct iovec piece = {.iov_base = (char *)payload, .iov_len = count};
        length -= count;
        payload += count;
        add_frame(type, length > 0 ? FRAME_FLAG_MORE : 0, id, &piece, 1, count);
    } while (length > 0);
}

void channel_flush(void) {
    size_t turn = 0;
    while (connected) {
        while (waiting.length - written < FILL_BELOW && events->fill())
            ;
        size_t count = waiting.length - written;
        if (count == 0) {
            buffer_clear(&waiting);
            written = 0;
            return;
        }
        if (turn >= TURN) {
            loop_watch(&watch, EPOLLIN | EPOLLOUT | EPOLLET);
            return;
        }
        ssize_t done =
            write(watch.fd, waiting.data + written, count < WRITE_AT_ONCE ? count : WRITE_AT_ONCE);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return; // The watch tells when there is room.
        written += (size_t)done;
        turn += (size_t)done;
        if (written > FILL_BELOW) {
            buffer_drop(&waiting, written);
            written = 0;
        }
    }
}

uint32_t channel_epoch(void) {
    return epoch;
}
