// SPDX-License-Identifier: Apache-2.0
#include "connection.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "frame.h"
#include "terminal.h"

static const char scheme[] = "unix://";
static const char *const usual[] = {"/run/hyper.sock", "/var/run/hyper.sock"};

static int connect_to(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (!connect(fd, (struct sockaddr *)&address, sizeof address))
        return fd;
    int reason = errno;
    close(fd);
    errno = reason;
    return -1;
}

static void explain(const char *path) {
    const char *advice = "";
    if (errno == ENOENT || errno == ECONNREFUSED)
        advice = "Is hyperd running? Start it with bin/hyperd, or name its socket with "
                 "-H unix://PATH or HYPER_HOST=unix://PATH.";
    else if (errno == EACCES)
        advice = "Run as root or as a member of the socket's group.";
    fprintf(stderr, "hyperctl: cannot connect to hyperd at %s%s: %s. %s\n", scheme, path,
            strerror(errno), advice);
}

int connection_open(const char *host, const char **path) {
    if (!host)
        host = getenv("HYPER_HOST");
    if (!host || !host[0]) {
        int fd = connect_to(*path = usual[0]);
        if (fd < 0 && errno == ENOENT && (fd = connect_to(usual[1])) >= 0)
            *path = usual[1];
        if (fd < 0)
            explain(*path);
        return fd;
    }
    if (strncmp(host, scheme, strlen(scheme))) {
        fprintf(stderr, "hyperctl: host '%s' is not supported: write %sPATH\n", host, scheme);
        return -1;
    }
    int fd = connect_to(*path = host + strlen(scheme));
    if (fd < 0)
        explain(*path);
    return fd;
}

static size_t size_of(char **texts, uint32_t *count) {
    size_t size = 4;
    for (*count = 0; texts[*count]; ++*count)
        size += 4 + strlen(texts[*count]);
    return size;
}

static uint8_t *put_all(uint8_t *at, char **texts, uint32_t count) {
    at = put_u32(at, count);
    for (uint32_t i = 0; i < count; i++)
        at = put_string(at, texts[i]);
    return at;
}

static bool send_all(int socket, const uint8_t *bytes, size_t length) {
    while (length) {
        ssize_t n = send(socket, bytes, length, MSG_NOSIGNAL);
        if (n < 0)
            return errno == EPIPE || errno == ECONNRESET; // it says why before it hangs up
        bytes += n;
        length -= (size_t)n;
    }
    return true;
}

bool connection_invoke(int socket, char **argv, char **environment) {
    char directory[PATH_LIMIT + 1];
    if (!getcwd(directory, sizeof directory))
        strcpy(directory, "/");
    uint32_t arguments, variables;
    size_t length = 2 + 1 + 4 + 4 + strlen(directory);
    length += size_of(argv, &arguments) + size_of(environment, &variables);
    uint8_t *frame = length <= INVOKE_MAX ? malloc(HEADER_SIZE + length) : NULL;
    if (!frame) {
        fprintf(stderr, "hyperctl: arguments and environment are too long\n");
        return false;
    }
    uint16_t rows, columns;
    terminal_size(&rows, &columns);
    frame[0] = INVOKE;
    uint8_t *at = put_u16(put_u32(frame + 1, (uint32_t)length), PROTOCOL_VERSION);
    *at++ =
        (uint8_t)(isatty(STDIN_FILENO) | isatty(STDOUT_FILENO) << 1 | isatty(STDERR_FILENO) << 2);
    at = put_string(put_u16(put_u16(at, rows), columns), directory);
    at = put_all(put_all(at, argv, arguments), environment, variables);
    bool sent = send_all(socket, frame, (size_t)(at - frame));
    if (!sent)
        fprintf(stderr, "hyperctl: cannot send the command to hyperd: %s\n", strerror(errno));
    free(frame);
    return sent;
}
