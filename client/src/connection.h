// SPDX-License-Identifier: Apache-2.0
// Finding the daemon and telling it what to run.
#ifndef HYPERCTL_CONNECTION_H
#define HYPERCTL_CONNECTION_H

#include <stdbool.h>

// Connects to `host` ("unix://PATH"; NULL for the environment's or the usual place) and puts the
// socket's path into `*path`. On failure says why on stderr and returns -1.
int connection_open(const char *host, const char **path);
// Sends the command, its environment, working directory and terminals. False after saying why not.
bool connection_invoke(int socket, char **argv, char **environment);

#endif
