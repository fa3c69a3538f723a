// SPDX-License-Identifier: Apache-2.0
// What a job writes to its stream: buffered; a host that takes no more ends the child.
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stddef.h>
#include <stdint.h>

void output_add(const void *data, size_t length);
// Fields of a record: texts, each ended by NUL.
void output_field(const char *text);
void output_number(int64_t number);
void output_flush(void);
// From now on, a host that takes nothing for so long ends the child.
void output_limit(int millis);

#endif
