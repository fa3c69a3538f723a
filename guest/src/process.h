// SPDX-License-Identifier: Apache-2.0
// Processes of containers, from start to the acknowledged exit.
#ifndef PROCESS_H
#define PROCESS_H

#include "container.h"

enum { PROCESS_ID_MAX = 64, PROCESSES_MAX = 1024 };

void process_start(const struct request *request);
void process_signal(const struct request *request);
void process_resize(const struct request *request);
void process_acknowledge(const struct request *request);
void processes_list(const struct request *request);
// Sends the exits that were not acknowledged.
void processes_resend_exits(void);
// Collects the children that ended.
void processes_reap(void);
bool processes_alive(const struct container *container);
void processes_forget(struct container *container);

#endif
