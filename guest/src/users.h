// SPDX-License-Identifier: Apache-2.0
// Users and groups as a container's own /etc/passwd and /etc/group define them, by the rules that
// Docker follows.
#ifndef USERS_H
#define USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { USERS_MAX_GROUPS = 1024, USERS_MAX_HOME = 1024 };

struct identity {
    uid_t uid;
    gid_t gid;
    gid_t groups[USERS_MAX_GROUPS];
    size_t group_count;
    char home[USERS_MAX_HOME];
};

// Resolves `user`: "", "name", "uid", each with an optional ":group" or ":gid". `passwd` and
// `group` are the contents of the files ("" when missing). False: `error` says why.
bool users_resolve(const char *user, const char *passwd, const char *group, struct identity *result,
                   const char **error);
// Name of the first user with this number; false when there is none or it does not fit.
bool users_name(const char *passwd, uid_t uid, char *name, size_t size);
// Adds a supplementary group by name or number.
bool users_add_group(struct identity *identity, const char *name, const char *group,
                     const char **error);

#endif
