// SPDX-License-Identifier: Apache-2.0
#include "users.h"

#include <stdint.h>
#include <string.h>

enum { MAX_FIELDS = 7 };

struct text {
    const char *at;
    size_t length;
};

static bool equals(struct text text, const char *other, size_t length) {
    return text.length == length && memcmp(text.at, other, length) == 0;
}

static bool parse_id(struct text text, uint32_t *result) {
    uint64_t value = 0;
    if (text.length == 0 || text.length > 10)
        return false;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(text.at[i] - '0');
    }
    // The largest value means "no change" to the system calls.
    if (value >= UINT32_MAX)
        return false;
    *result = (uint32_t)value;
    return true;
}

// Splits the line at `*at` at its colons and moves behind it. Missing fields are empty. False at
// the end of the text.
static bool next_line(const char **at, struct text fields[MAX_FIELDS]) {
    if (**at == '\0')
        return false;
    size_t length = strcspn(*at, "\n");
    const char *start = *at;
    const char *end = start + length;
    for (int i = 0; i < MAX_FIELDS; i++) {
        const char *colon = memchr(start, ':', (size_t)(end - start));
        const char *stop = colon ? colon : end;
        fields[i] = (struct text){start, (size_t)(stop - start)};
        start = colon ? colon + 1 : end;
    }
    *at = *end ? end + 1 : end;
    return true;
}

static bool named(struct text name, struct text id, struct text wanted) {
    uint32_t a, b;
    return equals(name, wanted.at, wanted.length) ||
           (parse_id(id, &a) && parse_id(wanted, &b) && a == b);
}

static bool lists(struct text members, struct text name) {
    while (members.length > 0) {
        const char *comma = memchr(members.at, ',', members.length);
        size_t length = comma ? (size_t)(comma - members.at) : members.length;
        if (equals(name, members.at, length))
            return true;
        size_t used = comma ? length + 1 : length;
        members.at += used;
        members.length -= used;
    }
    return false;
}

static bool find_group(struct text wanted, const char *group, gid_t *gid) {
    struct text fields[MAX_FIELDS];
    uint32_t id;
    while (next_line(&group, fields)) {
        if (named(fields[0], fields[2], wanted) && parse_id(fields[2], &id)) {
            *gid = id;
            return true;
        }
    }
    if (!parse_id(wanted, &id))
        return false;
    *gid = id;
    return true;
}

static void add_memberships(struct identity *identity, struct text name, const char *group) {
    struct text fields[MAX_FIELDS];
    uint32_t id;
    while (next_line(&group, fields) && identity->group_count < USERS_MAX_GROUPS) {
        if (lists(fields[3], name) && parse_id(fields[2], &id))
            identity->groups[identity->group_count++] = id;
    }
}

bool users_resolve(const char *user, const char *passwd, const char *group, struct identity *result,
                   const char **error) {
    const char *colon = strchr(user, ':');
    struct text wanted = {user, colon ? (size_t)(colon - user) : strlen(user)};
    struct text wanted_group = {colon ? colon + 1 : "", colon ? strlen(colon + 1) : 0};
    struct text fields[MAX_FIELDS];
    struct text name = {"", 0};
    uint32_t id, main_group;

    *result = (struct identity){.home = "/"};
    if (wanted.length == 0)
        wanted = (struct text){"0", 1};
    bool found = false;
    while (!found && next_line(&passwd, fields)) {
        if (!named(fields[0], fields[2], wanted) || !parse_id(fields[2], &id) ||
            !parse_id(fields[3], &main_group))
            continue;
        found = true;
        result->uid = id;
        result->gid = main_group;
        name = fields[0];
        if (fields[5].length > 0 && fields[5].length < sizeof result->home) {
            memcpy(result->home, fields[5].at, fields[5].length);
            result->home[fields[5].length] = '\0';
        }
    }
    if (!found) {
        if (!parse_id(wanted, &id)) {
            *error = "no such user in the container's /etc/passwd";
            return false;
        }
        result->uid = id;
    }
    if (wanted_group.length > 0) {
        if (!find_group(wanted_group, group, &result->gid)) {
            *error = "no such group in the container's /etc/group";
            return false;
        }
    } else if (name.length > 0) {
        add_memberships(result, name, group);
    }
    return true;
}

bool users_add_group(struct identity *identity, const char *name, const char *group,
                     const char **error) {
    gid_t gid;
    if (!find_group((struct text){name, strlen(name)}, group, &gid)) {
        *error = "no such group in the container's /etc/group";
        return false;
    }
    for (size_t i = 0; i < identity->group_count; i++) {
        if (identity->groups[i] == gid)
            return true;
    }
    if (identity->group_count == USERS_MAX_GROUPS) {
        *error = "too many groups";
        return false;
    }
    identity->groups[identity->group_count++] = gid;
    return true;
}

bool users_name(const char *passwd, uid_t uid, char *name, size_t size) {
    struct text fields[MAX_FIELDS];
    uint32_t id;
    while (next_line(&passwd, fields)) {
        if (!parse_id(fields[2], &id) || id != uid)
            continue;
        if (fields[0].length == 0 || fields[0].length >= size)
            return false;
        memcpy(name, fields[0].at, fields[0].length);
        name[fields[0].length] = '\0';
        return true;
    }
    return false;
}
