// SPDX-License-Identifier: Apache-2.0
// The byte channel to the host: opening it, and frames over it.
#ifndef CHANNEL_H
#define CHANNEL_H

#include "frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

struct channel_events {
    // A whole message; its parts were put together. One byte behind `payload` may be written.
    void (*message)(uint8_t type, uint32_t id, char *payload, size_t length);
    // A host has connected; what was being sent is forgotten.
    void (*connected)(void);
    // There is room for stream data. Returns false when there is none to send.
    bool (*fill)(void);
};

// `specification` is "virtio:<port name>" or "tty:<device>". The descriptor is -1 while the device
// is missing.
int channel_open_device(const char *specification);
void channel_start(int fd, const struct channel_events *events);
// Sends a message in as many frames as it needs; dropped while no host is connected.
void channel_message(uint8_t type, uint32_t id, const char *payload, size_t length);
// Sends one frame whose payload are the pieces together, at most FRAME_MAX_PAYLOAD bytes.
void channel_frame(uint8_t type, uint32_t id, const struct iovec *pieces, int count);
// Writes what is waiting.
void channel_flush(void);
// Counts connections; a reply to a request of an earlier one is dropped.
uint32_t channel_epoch(void);

#endif
