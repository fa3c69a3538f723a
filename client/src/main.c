// SPDX-License-Identifier: Apache-2.0
// hyperctl: hands the command line to hyperd and lends it the caller's terminal, streams and files.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "connection.h"
#include "protocol.h"
#include "session.h"
#include "signals.h"

extern char **environ;

// A descriptor that is closed would be reused for the socket, and then written to as stdout.
static void fill_standard_descriptors(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
            _exit(EXIT_DAEMON);
}

// Takes -H/--host off the front; all else is the daemon's. Returns the rest, NULL if it ends early.
static char **take_host(char **word, const char **host) {
    while (*word) {
        if (!strcmp(*word, "-H") || !strcmp(*word, "--host")) {
            if (!*++word) {
                fprintf(stderr, "hyperctl: option '%s' needs a value: unix://PATH\n", word[-1]);
                return NULL;
            }
            *host = *word;
        } else if (!strncmp(*word, "--host=", 7)) {
            *host = *word + 7;
        } else if (!strncmp(*word, "-H", 2)) {
            *host = *word + 2;
        } else {
            break;
        }
        word++;
    }
    return word;
}

int main(int argc, char **argv) {
    const char *host = NULL, *path;
    fill_standard_descriptors();
    char **words = argc > 0 ? take_host(argv + 1, &host) : argv;
    if (!words)
        return EXIT_DAEMON;
    if (*words && !strcmp(*words, "--client-version")) {
        printf("hyperctl %s, protocol %d\n", HYPERCTL_VERSION, PROTOCOL_VERSION);
        return 0;
    }
    int socket = connection_open(host, &path);
    if (socket < 0)
        return EXIT_DAEMON;
    int signals = signals_catch(); // before the command can start
    if (signals < 0 || !connection_invoke(socket, words, environ))
        return EXIT_DAEMON;
    return session_run(socket, signals, path);
}
