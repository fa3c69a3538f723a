// SPDX-License-Identifier: Apache-2.0
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/reboot.h>
#include <unistd.h>

static void print(const char *format, va_list arguments) {
    char text[512];
    int length = snprintf(text, sizeof text, "agent: ");
    int rest = vsnprintf(text + length, sizeof text - (size_t)length - 1, format, arguments);
    if (rest < 0)
        return;
    length += rest;
    if ((size_t)length > sizeof text - 2)
        length = sizeof text - 2;
    text[length++] = '\n';
    // A console that takes nothing is no reason to stop.
    if (write(STDERR_FILENO, text, (size_t)length) < 0)
        return;
}

void log_line(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
}

_Noreturn void fatal(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    print(format, arguments);
    va_end(arguments);
    sync();
    reboot(RB_POWER_OFF);
    reboot(RB_AUTOBOOT);
    while (1)
        pause();
}
