// SPDX-License-Identifier: Apache-2.0
// One command's life: moves bytes, signals and files between the caller and the daemon.
#ifndef HYPERCTL_SESSION_H
#define HYPERCTL_SESSION_H

enum { EXIT_DAEMON = 125 };

// Serves the daemon on a connected socket until the command ends; returns the exit code.
// `signals` is what signals_catch returned, `path` the socket's path for messages.
int session_run(int socket, int signals, const char *path);

#endif
