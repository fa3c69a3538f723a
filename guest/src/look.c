// SPDX-License-Identifier: Apache-2.0
#include "look.h"

#include "child.h"
#include "output.h"
#include "visit.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// Where the link leads in the end, if there is something; else what it says.
static void find_target(int proc, const struct place *place, char target[PATH_MAX]) {
    char link[32];
    int fd = visit_open(place->folder, place->name, O_PATH);
    snprintf(link, sizeof link, "self/fd/%d", fd);
    ssize_t length = fd >= 0 ? readlinkat(proc, link, target, PATH_MAX - 1)
                             : readlinkat(place->folder, place->name, target, PATH_MAX - 1);
    target[length > 0 ? length : 0] = '\0';
}

void look_at(const struct request *r, const struct container *c) {
    struct place place;
    struct stat status;
    char target[PATH_MAX] = "";
    int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    visit_container(c, VISIT_TO_READ, proc);
    visit_find(r, &place);
    int fd = place.follow ? visit_open(place.folder, place.name, O_PATH | O_DIRECTORY) : -1;
    if (place.follow ? fd < 0 || fstat(fd, &status) < 0
                     : fstatat(place.folder, place.name, &status, AT_SYMLINK_NOFOLLOW) < 0)
        visit_fail("find", place.path);
    if (S_ISLNK(status.st_mode))
        find_target(proc, &place, target);
    output_field(strcmp(place.name, ".") == 0 ? "/" : place.name);
    output_number(status.st_size);
    output_number(status.st_mode);
    output_number((int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec);
    output_field(target);
    output_flush();
}
