// SPDX-License-Identifier: Apache-2.0
// The streams of processes and requests: flow-controlled, kept until the host has them.
#ifndef STREAMS_H
#define STREAMS_H

#include "buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STREAM_WINDOW = 256 * 1024, STREAMS_MAX = 2048 };

// The end of a terminal's input does not close it. What belongs to a request goes with the
// connection that the request came over, all else stays.
enum stream_kind { STREAM_OF_PROCESS, STREAM_OF_TERMINAL, STREAM_OF_REQUEST };

// True when the id is no stream's yet. The host sees to it that none is used again.
bool stream_id_free(uint32_t id);
// Takes over the descriptor, which must be non-blocking.
bool stream_add_output(uint32_t id, int fd, enum stream_kind kind);
bool stream_add_input(uint32_t id, int fd, enum stream_kind kind);
// Ends an input stream whose reader is gone.
void stream_end_input(uint32_t id);

void streams_on_data(uint32_t id, const char *payload, size_t length);
void streams_on_eof(uint32_t id, const char *payload, size_t length);
void streams_on_ack(uint32_t id, const char *payload, size_t length);
void streams_on_close(uint32_t id);
// A new host: nothing is sent on a stream before that host has acknowledged it; those of the
// earlier host's requests are forgotten.
void streams_suspend(void);
// Sends a frame of stream data, each stream in its turn. False when there is nothing to send.
bool streams_fill(void);
// Adds the stream's state as a JSON object, null when it is gone.
void stream_describe(uint32_t id, struct buffer *out);

#endif
