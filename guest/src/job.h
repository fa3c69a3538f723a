// SPDX-License-Identifier: Apache-2.0
// Work of a request that may have to wait, done in a child so that nothing else does.
#ifndef JOB_H
#define JOB_H

#include "container.h"
#include "requests.h"

#include <stdbool.h>
#include <sys/types.h>

// Of a job with a stream, the request names its id ("stream"); the child has it as its standard
// input or output. The stream lives no longer than the connection that it was made in.
enum job_stream { JOB_WITHOUT_STREAM, JOB_INPUT, JOB_OUTPUT };

// `container` is NULL where the work is about none.
typedef void job_work(const struct request *request, const struct container *container);

// Runs `work` in a child; the host gets the reply when it returns, or what it gives to child_fail.
void job_start(const struct request *request, struct container *container, enum job_stream stream,
               job_work *work);
// The same for the container that the request names, which must be there as a whole.
void job_start_in_container(const struct request *request, enum job_stream stream, job_work *work);
void job_exited(pid_t pid);
bool jobs_busy(const struct container *container);
// Ends the jobs of a container.
void jobs_cancel(const struct container *container);
// Ends the jobs with streams: the host that wanted them is gone.
void jobs_forget_host(void);

#endif
