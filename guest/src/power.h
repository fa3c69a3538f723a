// SPDX-License-Identifier: Apache-2.0
#ifndef POWER_H
#define POWER_H

#include "requests.h"

// Ends all containers, softly for "graceMillis", writes everything back and powers the machine off.
void power_off(const struct request *request);
// To be called when a process was reaped: maybe the last one.
void power_process_exited(void);

#endif
