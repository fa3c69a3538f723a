// SPDX-License-Identifier: Apache-2.0
#ifndef STATS_H
#define STATS_H

#include "requests.h"

// Usage of a container, or of the whole machine when the request names none.
void stats_reply(const struct request *request);

#endif
