// SPDX-License-Identifier: Apache-2.0
#ifndef STATS_H
#define STATS_H

#include "requests.h"

#include <stdint.h>

// Usage of a container, or of the whole machine when the request names none.
void stats_reply(const struct request *request);
// Bytes that processes can still get without swapping, 0 if that is unknown.
uint64_t stats_available_memory(void);

#endif
