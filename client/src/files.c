// SPDX-License-Identifier: Apache-2.0
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NO_SYMLINKS = 0x04, BENEATH = 0x08 }; // of openat2(2), whose header musl has not

static void send_error(struct files *files, uint32_t id, int reason) {
    uint8_t payload[8 + 4 + 256];
    uint8_t *end = put_u32(put_u32(payload, id), (uint32_t)reason);
    end = put_string(end, strerror(reason));
    outbox_put(files->out, FILE_ERROR, payload, (size_t)(end - payload));
}

static bool send_opened(struct files *files, const struct local_file *file) {
    struct stat s;
    char target[PATH_LIMIT + 1] = "";
    uint8_t payload[6 * 4 + 8 + 4 + PATH_LIMIT];
    if (fstat(file->fd, &s) ||
        (S_ISLNK(s.st_mode) && readlinkat(file->fd, "", target, PATH_LIMIT) < 0))
        return false;
    uint8_t *end = put_u32(put_u32(payload, file->id), s.st_mode);
    end = put_u32(put_u32(end, s.st_uid), s.st_gid);
    end = put_u32(put_u32(end, (uint32_t)s.st_mtim.tv_sec), (uint32_t)s.st_mtim.tv_nsec);
    end = put_string(put_u64(end, S_ISREG(s.st_mode) ? (uint64_t)s.st_size : 0), target);
    return outbox_put(files->out, FILE_OPENED, payload, (size_t)(end - payload));
}

struct local_file *files_find(struct files *files, uint32_t id) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files->slots[i].used && files->slots[i].id == id)
            return &files->slots[i];
    return NULL;
}

static void drop(struct local_file *file) {
    if (file->temporary[0])
        unlinkat(file->parent, file->temporary, 0);
    if (file->names)
        closedir(file->names);
    else if (file->fd >= 0)
        close(file->fd);
    if (file->parent >= 0)
        close(file->parent);
    file->used = false;
}

void files_fail(struct files *files, struct local_file *file) {
    send_error(files, file->id, errno);
    drop(file);
}

static void done(struct files *files, struct local_file *file) {
    uint8_t payload[4];
    put_u32(payload, file->id);
    outbox_put(files->out, FILE_DONE, payload, sizeof payload);
    drop(file);
}

// A path in an open folder leads through no symbolic link and never out of it: the kernel's care.
static int open_at(struct files *files, uint32_t folder, const char *path, int flags) {
    if (!folder)
        return open(path, flags | O_CLOEXEC);
    struct local_file *base = files_find(files, folder);
    uint64_t how[] = {(uint64_t)(flags | O_CLOEXEC), 0, NO_SYMLINKS | BENEATH};
    return (int)syscall(SYS_openat2, base ? base->fd : -1, path, how, sizeof how);
}

// Opens the folder that the path ends in, and keeps the name there. True if it has one.
static bool open_parent(struct files *files, struct local_file *file, const char *path) {
    char parent[PATH_LIMIT + 1] = ".";
    const char *slash = strrchr(path, '/');
    if (slash)
        snprintf(parent, sizeof parent, "%.*s", (int)(slash + 1 - path), path);
    file->parent = open_at(files, file->folder, parent, O_PATH | O_DIRECTORY);
    strcpy(file->name, slash ? slash + 1 : path);
    if (file->parent >= 0)
        errno = slash ? EISDIR : ENOENT;
    return file->parent >= 0 && file->name[0];
}

static bool stamp(const struct local_file *file) {
    struct timespec times[] = {{.tv_nsec = UTIME_OMIT}, file->modified};
    return !fchmod(file->fd, file->mode & 0777) && !futimens(file->fd, times);
}

// Makes a folder if it is missing, or a symbolic link in the place of what is no folder.
static bool make(struct files *files, struct local_file *file, const char *path,
                 const char *target) {
    if (!open_parent(files, file, path))
        return false;
    if (S_ISLNK(file->mode))
        return (!unlinkat(file->parent, file->name, 0) || errno == ENOENT) &&
               !symlinkat(target, file->parent, file->name);
    if (mkdirat(file->parent, file->name, 0700) && errno != EEXIST)
        return false;
    file->fd = openat(file->parent, file->name, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return file->fd >= 0 && stamp(file);
}

// The file appears whole or not at all. What is there and no regular file (a device, a pipe, a
// symbolic link) is written to instead, but replaced in an open folder.
static bool open_to_write(struct files *files, struct local_file *file, const char *path) {
    struct stat status;
    int flags = O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY;
    if (!open_parent(files, file, path))
        return false;
    if (!fstatat(file->parent, file->name, &status, AT_SYMLINK_NOFOLLOW)) {
        if (S_ISDIR(status.st_mode) || (!file->folder && !S_ISREG(status.st_mode)))
            return (file->fd = openat(file->parent, file->name, flags | O_TRUNC, 0666)) >= 0;
    } else if (errno != ENOENT) {
        return false;
    }
    snprintf(file->temporary, sizeof file->temporary, ".hyperctl-%d-%u", (int)getpid(), file->id);
    file->fd = openat(file->parent, file->temporary, flags | O_EXCL,
                      file->folder ? 0600 : file->mode & 0777);
    if (file->fd < 0)
        file->temporary[0] = '\0';
    return file->fd >= 0;
}

static bool serve_path(struct files *files, struct local_file *file, uint8_t type, const char *path,
                       const char *target) {
    if (type == FILE_MAKE)
        return make(files, file, path, target);
    if (type == FILE_WRITE)
        return open_to_write(files, file, path) && send_opened(files, file);
    file->fd = open_at(files, file->folder, path,
                       type == FILE_READ ? O_NOCTTY : O_PATH | (file->mode ? 0 : O_NOFOLLOW));
    if (file->fd < 0)
        return false;
    file->names = type == FILE_READ ? fdopendir(file->fd) : NULL;
    return send_opened(files, file);
}

static void finish(struct files *files, struct local_file *file) {
    if (file->temporary[0]) {
        if ((file->folder ? !stamp(file) : fsync(file->fd)) ||
            renameat(file->parent, file->temporary, file->parent, file->name)) {
            files_fail(files, file);
            return;
        }
        file->temporary[0] = '\0';
    }
    done(files, file);
}

// Serves a frame that names a file.
static bool serve_named(struct files *files, uint8_t type, struct cursor c) {
    char path[PATH_LIMIT + 1], target[PATH_LIMIT + 1];
    struct local_file *file = files->slots;
    while (file < files->slots + FILES_MAX && file->used)
        file++; // the last one is never used
    *file = (struct local_file){.id = take_u32(&c), .fd = -1, .parent = -1};
    file->folder = take_u32(&c);
    file->mode = take_u32(&c);
    file->modified.tv_sec = take_u32(&c);
    file->modified.tv_nsec = take_u32(&c);
    take_string(&c, path);
    take_string(&c, target);
    if (c.bad || c.left || files_find(files, file->id))
        return false;
    file->used = file < files->slots + FILES_MAX;
    errno = EMFILE;
    if (!file->used || !serve_path(files, file, type, path, target))
        files_fail(files, file);
    else if (type == FILE_MAKE)
        done(files, file);
    else if (type == FILE_LOOK)
        drop(file);
    return true;
}

bool files_serve(struct files *files, uint8_t type, struct cursor c) {
    if (type == FILE_READ || type == FILE_WRITE || type == FILE_LOOK || type == FILE_MAKE)
        return serve_named(files, type, c);
    struct local_file *file = files_find(files, take_u32(&c));
    uint32_t credit = type == FILE_CREDIT ? take_u32(&c) : 0;
    if (c.bad || c.left || !file)
        return !c.bad && !c.left; // failed or ended meanwhile: the daemon has been told
    if (type == FILE_CREDIT)
        file->credit = credit > UINT32_MAX - file->credit ? UINT32_MAX : file->credit + credit;
    else if (type == FILE_FINISH)
        finish(files, file);
    else
        drop(file);
    return true;
}

bool files_wants_reading(const struct local_file *file) {
    return file->used && file->credit > 0;
}

// The next name in a folder; 0 behind the last.
static ssize_t read_name(struct local_file *file, uint8_t *to) {
    errno = 0;
    struct dirent *entry = readdir(file->names);
    return entry ? stpcpy((char *)to, entry->d_name) - (char *)to : errno ? -1 : 0;
}

void files_read(struct files *files, struct local_file *file) {
    uint8_t *payload = outbox_payload(files->out);
    uint32_t limit = file->credit < CHUNK_MAX ? file->credit : CHUNK_MAX;
    ssize_t n = file->names ? read_name(file, payload + 4) : read(file->fd, payload + 4, limit);
    if (n < 0) {
        if (errno != EINTR && errno != EAGAIN)
            files_fail(files, file);
        return;
    }
    if (n == 0) {
        done(files, file);
        return;
    }
    put_u32(payload, file->id);
    outbox_commit(files->out, FILE_CONTENT, 4 + (size_t)n);
    file->credit -= file->names ? 1 : (uint32_t)n;
}

void files_close_all(struct files *files) {
    for (int i = 0; i < FILES_MAX; i++)
        if (files->slots[i].used)
            drop(&files->slots[i]);
}
