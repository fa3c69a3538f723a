// SPDX-License-Identifier: Apache-2.0
// The caller's terminal: raw mode, which every way out of the program ends, and its size.
#ifndef HYPERCTL_TERMINAL_H
#define HYPERCTL_TERMINAL_H

#include <stdbool.h>
#include <stdint.h>

void terminal_raw(bool on);
// Raw mode again, if it was asked for: a shell resets the terminal while a job is stopped.
void terminal_resume(void);
// Rows and columns; zeros without a terminal.
void terminal_size(uint16_t *rows, uint16_t *columns);

#endif
