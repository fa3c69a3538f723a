// SPDX-License-Identifier: Apache-2.0
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

// SIGTSTP, SIGTTIN and SIGTTOU keep their meaning for job control.
static const int caught[] = {SIGINT,  SIGTERM, SIGHUP,  SIGQUIT, SIGUSR1,
                             SIGUSR2, SIGCONT, SIGALRM, SIGWINCH};
enum { CAUGHT = sizeof caught / sizeof caught[0] };

static int wake[2];
static volatile sig_atomic_t arrived[CAUGHT];

static void note(int number) {
    int keep = errno;
    for (int i = 0; i < CAUGHT; i++)
        if (caught[i] == number)
            arrived[i] = 1;
    (void)!write(wake[1], "", 1);
    errno = keep;
}

int signals_catch(void) {
    if (pipe2(wake, O_CLOEXEC | O_NONBLOCK))
        return -1;
    // Without SA_RESTART: a signal gets through while a write or an open blocks.
    struct sigaction action = {.sa_handler = note};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < CAUGHT; i++) {
        struct sigaction inherited;
        sigaction(caught[i], NULL, &inherited);
        // nohup and background jobs of a script: what the parent ignores stays ignored.
        if (inherited.sa_handler != SIG_IGN)
            sigaction(caught[i], &action, NULL);
    }
    signal(SIGPIPE, SIG_IGN);
    return wake[0];
}

int signals_next(void) {
    char drain[64];
    while (read(wake[0], drain, sizeof drain) > 0) {
    }
    for (int i = 0; i < CAUGHT; i++)
        if (arrived[i]) {
            arrived[i] = 0;
            return caught[i];
        }
    return 0;
}

void signals_die_of_broken_pipe(void) {
    signal(SIGPIPE, SIG_DFL);
    raise(SIGPIPE);
    _exit(128 + SIGPIPE);
}
