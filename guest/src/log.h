// SPDX-License-Identifier: Apache-2.0
// Diagnostics on the console.
#ifndef LOG_H
#define LOG_H

void log_line(const char *format, ...) __attribute__((format(printf, 1, 2)));
// Prints why the agent can't go on, and powers the machine off.
_Noreturn void fatal(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
