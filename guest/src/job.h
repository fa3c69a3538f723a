// SPDX-License-Identifier: Apache-2.0
// Work of a request that may have to wait, done in a child so that nothing else does.
#ifndef JOB_H
#define JOB_H

#include "requests.h"

#include <sys/types.h>

// Runs `work` in a child; the host gets the reply when it returns, or what it gives to child_fail.
void job_start(const struct request *request, void (*work)(const struct request *request));
void job_exited(pid_t pid);

#endif
