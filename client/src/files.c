// SPDX-License-Identifier: Apache-2.0
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"

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

static void send_info(struct files *files, uint32_t id, const struct stat *status,
                      const char *target) {
    uint8_t payload[4 * 4 + 2 * 8 + 4 + PATH_LIMIT];
    uint8_t *at = put_u32(payload, id);
    at = put_u32(at, status->st_mode);
    at = put_u32(at, status->st_uid);
    at = put_u32(at, status->st_gid);
    at = put_u64(at, (uint64_t)status->st_size);
    at = put_u64(at, (uint64_t)status->st_mtime);
    at = put_string(at, target);
    outbox_put(files->out, FILE_INFO, payload, (size_t)(at - payload));
}

struct local_file *files_find(struct files *files, uint32_t id) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files->slots[i].used && files->slots[i].id == id)
            return &files->slots[i];
    return NULL;
}

static void drop(struct local_file *file) {
    if (file->entries)
        closedir(file->entries);
    else if (file->fd >= 0)
        close(file->fd);
    if (file->temporary[0])
        unlinkat(file->parent, file->temporary, 0);
    if (file->parent >= 0)
        close(file->parent);
    file->used = false;
}

void files_fail(struct files *files, struct local_file *file) {
    send_error(files, file->id, errno);
    drop(file);
}

// A file that appears whole or not at all. What is there and no regular file (a device, a pipe, a
// symbolic link) is written to instead.
static bool open_replacement(struct local_file *file, struct place *place, mode_t mode) {
    struct stat status;
    if (!fstatat(place->parent, place->name, &status, AT_SYMLINK_NOFOLLOW) &&
        !S_ISREG(status.st_mode)) {
        file->fd = openat(place->parent, place->name, place->flags | O_WRONLY | O_TRUNC);
        return file->fd >= 0;
    }
    if (!place_split(place))
        return false;
    memcpy(file->name, place->name, strlen(place->name) + 1);
    snprintf(file->temporary, sizeof file->temporary, ".hyperctl-%d-%u", (int)getpid(), file->id);
    file->fd =
        openat(place->parent, file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (file->fd < 0) {
        file->temporary[0] = '\0';
        return false;
    }
    file->parent = place->parent;
    place->parent = -1;
    return true;
}

static bool open_for(struct local_file *file, struct place *place, mode_t mode) {
    switch (file->operation) {
    case OP_READ:
        file->fd = openat(place->parent, place->name, place->flags | O_RDONLY);
        return file->fd >= 0;
    case OP_LIST:
        file->fd = openat(place->parent, place->name, place->flags | O_RDONLY | O_DIRECTORY);
        return file->fd >= 0 && (file->entries = fdopendir(file->fd));
    case OP_WRITE:
        file->fd =
            openat(place->parent, place->name, place->flags | O_WRONLY | O_CREAT | O_TRUNC, mode);
        return file->fd >= 0;
    default:
        return open_replacement(file, place, mode);
    }
}

static void open_stream(struct files *files, uint32_t id, uint8_t operation, struct place *place,
                        mode_t mode) {
    struct local_file *file = NULL;
    for (int i = 0; i < FILES_MAX && !file; i++)
        if (!files->slots[i].used)
            file = &files->slots[i];
    if (!file) {
        send_error(files, id, EMFILE);
        return;
    }
    *file = (struct local_file){true, id, operation, -1, NULL, 0, -1, "", ""};
    struct stat status;
    if (!open_for(file, place, mode) || fstat(file->fd, &status)) {
        files_fail(files, file);
        return;
    }
    if (S_ISDIR(status.st_mode) && operation != OP_LIST) {
        errno = EISDIR;
        files_fail(files, file);
        return;
    }
    send_info(files, id, &status, "");
}

static bool stat_place(struct files *files, uint32_t id, const struct place *place) {
    struct stat status;
    char target[PATH_LIMIT + 1] = "";
    if (fstatat(place->parent, place->name, &status,
                place->flags & O_NOFOLLOW ? AT_SYMLINK_NOFOLLOW : 0))
        return false;
    if (S_ISLNK(status.st_mode) && readlinkat(place->parent, place->name, target, PATH_LIMIT) < 0)
        return false;
    send_info(files, id, &status, target);
    return true;
}

static void perform(struct files *files, uint32_t id, uint8_t operation, struct place *place,
                    mode_t mode, const char *target) {
    bool done = false;
    switch (operation) {
    case OP_STAT:
        if (!stat_place(files, id, place))
            send_error(files, id, errno);
        return;
    case OP_MKDIR:
        done = !mkdirat(place->parent, place->name, mode);
        break;
    case OP_SYMLINK:
        done = !symlinkat(target, place->parent, place->name);
        break;
    default:
        open_stream(files, id, operation, place, mode);
        return;
    }
    if (done)
        send_done(files, id);
    else
        send_error(files, id, errno);
}

bool files_open(struct files *files, struct cursor request) {
    char root[PATH_LIMIT + 1], path[PATH_LIMIT + 1], target[PATH_LIMIT + 1];
    uint32_t id = take_u32(&request);
    uint8_t operation = take_u8(&request);
    // Never set-user-id and its kin: the mode may come from a container.
    mode_t mode = take_u32(&request) & 0777;
    take_string(&request, root);
    take_string(&request, path);
    take_string(&request, target);
    if (request.bad || request.left || operation < OP_READ || operation > OP_SYMLINK ||
        files_find(files, id))
        return false;
    struct place place;
    if (place_find(&place, root, path))
        perform(files, id, operation, &place, mode, target);
    else
        send_error(files, id, errno);
    place_release(&place);
    return true;
}

bool files_credit(struct files *files, struct cursor request) {
    struct local_file *file = files_find(files, take_u32(&request));
    uint32_t credit = take_u32(&request);
    if (request.bad || request.left)
        return false;
    if (file)
        file->credit = credit > UINT32_MAX - file->credit ? UINT32_MAX : file->credit + credit;
    return true;
}

static bool complete(struct local_file *file) {
    if (!file->temporary[0])
        return true;
    if (fsync(file->fd) || renameat(file->parent, file->temporary, file->parent, file->name))
        return false;
    file->temporary[0] = '\0';
    return true;
}

bool files_finish(struct files *files, struct cursor request) {
    struct local_file *file = files_find(files, take_u32(&request));
    if (request.bad || request.left)
        return false;
    if (!file)
        return true;
    if (!complete(file)) {
        files_fail(files, file);
        return true;
    }
    send_done(files, file->id);
    drop(file);
    return true;
}

bool files_close(struct files *files, struct cursor request) {
    struct local_file *file = files_find(files, take_u32(&request));
    if (file)
        drop(file);
    return !request.bad && !request.left;
}

bool files_wants_reading(const struct local_file *file) {
    return file->used && file->credit > 0 &&
           (file->operation == OP_READ || file->operation == OP_LIST);
}

// Names, each ended by NUL. -1 with errno on failure.
static ssize_t read_entries(DIR *entries, uint8_t *to, size_t limit) {
    size_t length = 0;
    while (limit - length > NAME_MAX) {
        errno = 0;
        struct dirent *entry = readdir(entries);
        if (!entry)
            return errno ? -1 : (ssize_t)length;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        size_t size = strlen(entry->d_name) + 1;
        memcpy(to + length, entry->d_name, size);
        length += size;
    }
    return (ssize_t)length;
}

void files_read(struct files *files, struct local_file *file) {
    uint8_t *payload = outbox_payload(files->out);
    size_t limit = file->credit < CHUNK_MAX ? file->credit : CHUNK_MAX;
    // Names are not cut: a listing goes over its credit by one frame at most.
    ssize_t n = file->entries ? read_entries(file->entries, payload + 4, CHUNK_MAX)
                              : read(file->fd, payload + 4, limit);
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
    file->credit -= (uint32_t)n < file->credit ? (uint32_t)n : file->credit;
}

void files_close_all(struct files *files) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files->slots[i].used)
            drop(&files->slots[i]);
}
