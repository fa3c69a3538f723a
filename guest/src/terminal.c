// SPDX-License-Identifier: Apache-2.0
#include "terminal.h"

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

// From <asm-generic/ioctls.h>; not in every C library.
#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

static void make_console(int master) {
    int number;
    char path[32];
    int fd = open("/dev/console", O_WRONLY | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
    if (fd >= 0)
        close(fd);
    if (ioctl(master, TIOCGPTN, &number) < 0)
        return;
    snprintf(path, sizeof path, "/dev/pts/%d", number);
    if (mount(path, "/dev/console", NULL, MS_BIND, NULL) < 0)
        child_fail("failed", "can't mount /dev/console: %s", strerror(errno));
}

void terminal_take(const struct json *json, const struct json_value *size, bool console) {
    struct winsize window = {.ws_row = (unsigned short)json_number(json, size, "rows", 24),
                             .ws_col = (unsigned short)json_number(json, size, "columns", 80)};
    int unlock = 0;
    int master = open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0 || ioctl(master, TIOCSPTLCK, &unlock) < 0)
        child_fail("failed", "can't make a terminal: %s", strerror(errno));
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || ioctl(slave, TIOCSWINSZ, &window) < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
        child_fail("failed", "can't open the terminal: %s", strerror(errno));
    for (int i = 0; i < 3; i++) {
        if (dup2(slave, i) < 0)
            child_fail("failed", "terminal: %s", strerror(errno));
    }
    if (console)
        make_console(master);
    close(slave);
    child_send_terminal(master);
    close(master);
}
