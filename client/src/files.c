// SPDX-License-Identifier: Apache-2.0
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void send_error(struct files *files, uint32_t id, int reason) {
    uint8_t payload[8 + 4 + 256];
    char text[256];
    snprintf(text, sizeof text, "%s", strerror(reason));
    uint8_t *end = put_string(put_u32(put_u32(payload, id), (uint32_t)reason), text);
    outbox_put(files->out, FILE_ERROR, payload, (size_t)(end - payload));
}

static void send_done(struct files *files, uint32_t id) {
    uint8_t payload[4];
    put_u32(payload, id);
    outbox_put(files->out, FILE_DONE, payload, sizeof payload);
}

struct local_file *files_find(struct files *files, uint32_t id) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files->slots[i].used && files->slots[i].id == id)
            return &files->slots[i];
    return NULL;
}

static void drop(struct local_file *file) {
    if (file->fd >= 0)
        close(file->fd);
    if (file->temporary[0])
        unlink(file->temporary);
    file->used = false;
}

void files_fail(struct files *files, struct local_file *file) {
    send_error(files, file->id, errno);
    drop(file);
}

// Makes the name of a file beside `path` that is renamed to it when it is complete.
static bool name_temporary(struct local_file *file, const char *path) {
    const char *slash = strrchr(path, '/');
    int folder = slash ? (int)(slash + 1 - path) : 0;
    int length = snprintf(file->temporary, sizeof file->temporary, "%.*s.hyperctl-%d-%u", folder,
                          path, (int)getpid(), file->id);
    if (length < (int)sizeof file->temporary && path[folder])
        return true;
    errno = path[folder] ? ENAMETOOLONG : path[0] ? EISDIR : ENOENT;
    file->temporary[0] = '\0';
    return false;
}

// The file appears whole or not at all. What is there and no regular file (a device, a pipe, a
// symbolic link) is written to instead.
static bool open_to_write(struct local_file *file, const char *path, mode_t mode) {
    struct stat status;
    if (!lstat(path, &status) && !S_ISREG(status.st_mode)) {
        file->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOCTTY | O_CLOEXEC, mode);
        return file->fd >= 0;
    }
    if (!name_temporary(file, path))
        return false;
    strcpy(file->path, path);
    file->fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file->fd < 0)
        file->temporary[0] = '\0';
    return file->fd >= 0;
}

static bool open_to_read(struct local_file *file, const char *path) {
    struct stat status;
    file->fd = open(path, O_RDONLY | O_NOCTTY | O_CLOEXEC);
    if (file->fd < 0 || fstat(file->fd, &status))
        return false;
    errno = EISDIR;
    return !S_ISDIR(status.st_mode);
}

static void send_opened(struct files *files, struct local_file *file) {
    struct stat status;
    uint8_t payload[4 + 8];
    bool sized = !fstat(file->fd, &status) && S_ISREG(status.st_mode);
    put_u64(put_u32(payload, file->id), sized ? (uint64_t)status.st_size : 0);
    outbox_put(files->out, FILE_OPENED, payload, sizeof payload);
}

static bool serve_open(struct files *files, uint32_t id, bool write, struct cursor request) {
    char path[PATH_LIMIT + 1];
    mode_t mode = write ? take_u32(&request) & 0777 : 0;
    take_string(&request, path);
    if (request.bad || request.left || files_find(files, id))
        return false;
    struct local_file *file = files->slots;
    while (file < files->slots + FILES_MAX && file->used)
        file++;
    if (file == files->slots + FILES_MAX) {
        send_error(files, id, EMFILE);
        return true;
    }
    file->used = true;
    file->written = write;
    file->id = id;
    file->fd = -1;
    file->credit = 0;
    file->temporary[0] = '\0';
    if (write ? open_to_write(file, path, mode) : open_to_read(file, path))
        send_opened(files, file);
    else
        files_fail(files, file);
    return true;
}

static void finish(struct files *files, struct local_file *file) {
    if (file->temporary[0]) {
        if (fsync(file->fd) || rename(file->temporary, file->path)) {
            files_fail(files, file);
            return;
        }
        file->temporary[0] = '\0';
    }
    send_done(files, file->id);
    drop(file);
}

bool files_serve(struct files *files, uint8_t type, struct cursor request) {
    uint32_t id = take_u32(&request);
    if (type == FILE_READ || type == FILE_WRITE)
        return serve_open(files, id, type == FILE_WRITE, request);
    uint32_t credit = type == FILE_CREDIT ? take_u32(&request) : 0;
    if (request.bad || request.left)
        return false;
    struct local_file *file = files_find(files, id);
    if (!file)
        return true; // failed or ended meanwhile: the daemon has been told
    if (type == FILE_CREDIT)
        file->credit = credit > UINT32_MAX - file->credit ? UINT32_MAX : file->credit + credit;
    else if (type == FILE_FINISH)
        finish(files, file);
    else
        drop(file);
    return true;
}

bool files_wants_reading(const struct local_file *file) {
    return file->used && !file->written && file->credit > 0;
}

void files_read(struct files *files, struct local_file *file) {
    uint8_t *payload = outbox_payload(files->out);
    ssize_t n = read(file->fd, payload + 4, file->credit < CHUNK_MAX ? file->credit : CHUNK_MAX);
    if (n < 0) {
        if (errno != EINTR && errno != EAGAIN)
            files_fail(files, file);
        return;
    }
    if (n == 0) {
        send_done(files, file->id);
        drop(file);
        return;
    }
    put_u32(payload, file->id);
    outbox_commit(files->out, FILE_CONTENT, 4 + (size_t)n);
    file->credit -= (uint32_t)n;
}

void files_close_all(struct files *files) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files->slots[i].used)
            drop(&files->slots[i]);
}
