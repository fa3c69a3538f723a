// SPDX-License-Identifier: Apache-2.0
// The kernel's IP virtual server, in what services need of it. Functions return false with errno.
#ifndef IPVS_H
#define IPVS_H

#include <stdbool.h>
#include <stdint.h>

// An IPv4 address and a port, both in the order of the network.
struct endpoint {
    uint32_t address;
    uint16_t port;
};

// Loads it; false when this kernel has none.
bool ipvs_begin(void);
// `protocol` is that of IP. What is there already is fine, and so is what is gone already.
bool ipvs_add_service(int protocol, struct endpoint service);
bool ipvs_remove_service(int protocol, struct endpoint service);
bool ipvs_add_backend(int protocol, struct endpoint service, struct endpoint backend);
bool ipvs_remove_backend(int protocol, struct endpoint service, struct endpoint backend);

#endif
