// SPDX-License-Identifier: Apache-2.0
// Making containers.
#ifndef CREATE_H
#define CREATE_H

#include "container.h"

void container_create(const struct request *request);
// Reads what the child that sets the container up reports; to be called as well when it has ended.
void container_set_up(struct container *container);

#endif
