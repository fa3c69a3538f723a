// SPDX-License-Identifier: Apache-2.0
#include "terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios saved;
static bool raw;

static void leave_raw_mode(void) {
    terminal_raw(false);
}

static void enter(void) {
    struct termios mode = saved;
    cfmakeraw(&mode);
    tcsetattr(STDIN_FILENO, TCSANOW, &mode);
}

void terminal_raw(bool on) {
    static bool registered;
    if (on == raw)
        return;
    if (!on) {
        raw = false;
        tcsetattr(STDIN_FILENO, TCSANOW, &saved);
        return;
    }
    if (tcgetattr(STDIN_FILENO, &saved))
        return;
    if (!registered)
        registered = atexit(leave_raw_mode) == 0;
    raw = true;
    enter();
}

void terminal_resume(void) {
    if (raw)
        enter();
}

void terminal_size(uint16_t *rows, uint16_t *columns) {
    static const int order[] = {STDOUT_FILENO, STDIN_FILENO, STDERR_FILENO};
    *rows = *columns = 0;
    for (int i = 0; i < 3; i++) {
        struct winsize size;
        if (!ioctl(order[i], TIOCGWINSZ, &size)) {
            *rows = size.ws_row;
            *columns = size.ws_col;
            return;
        }
    }
}
