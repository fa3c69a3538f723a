// SPDX-License-Identifier: Apache-2.0
// The streams of processes: flow-controlled, kept until the host has them.
#ifndef STREAMS_H
#define STREAMS_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM_WINDOW = 256 * 1024, STREAMS_MAX = 2048 };

// True when the id is no stream's yet. Ids are never used again while a VM lives; the host sees to
// that.
bool stream_id_free(uint32_t id);
// Takes over the descriptor, which must be non-blocking. `terminal`: end of input does not close
// it.
bool stream_add_output(uint32_t id, int fd);
bool stream_add_input(uint32_t id, int fd, bool terminal);
// Ends an input stream whose process is gone.
void stream_end_input(uint32_t id);

void streams_on_data(uint32_t id, const char *payload, size_t length);
void streams_on_eof(uint32_t id, const char *payload, size_t length);
void streams_on_ack(uint32_t id, const char *payload, size_t length);
void streams_on_close(uint32_t id);
// A new host: nothing is sent on a stream before that host has acknowledged it.
void streams_suspend(void);
// Sends a frame of stream data, each stream in its turn. False when there is nothing to send.
bool streams_fill(void);
// Adds the stream's state as a JSON object, null when it is gone.
void stream_describe(uint32_t id, struct buffer *out);

#endif
