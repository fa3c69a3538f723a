// SPDX-License-Identifier: Apache-2.0
// Signals become bytes in a pipe that the session polls.
#ifndef HYPERCTL_SIGNALS_H
#define HYPERCTL_SIGNALS_H

// Returns the end of the pipe to poll, or -1.
int signals_catch(void);
// The next signal that came in, 0 if none.
int signals_next(void);
// Ends the process as SIGPIPE would have.
_Noreturn void signals_die_of_broken_pipe(void);

#endif
