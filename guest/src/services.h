// SPDX-License-Identifier: Apache-2.0
// Addresses that exist in this machine only: the kernel (IPVS) passes on what connects to them.
#ifndef SERVICES_H
#define SERVICES_H

#include "requests.h"

void services_replace(const struct request *request);

#endif
