// SPDX-License-Identifier: Apache-2.0
// A tar archive as files of a container.
#ifndef UNPACK_H
#define UNPACK_H

#include "container.h"

// In a child: unpacks what its stream gives.
void unpack_archive(const struct request *request, const struct container *container);

#endif
