// SPDX-License-Identifier: Apache-2.0
#include "environment.h"

#include "child.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULTS = 4 };

static char **allocate(const struct json_value *list, size_t extra) {
    return calloc((list ? list->count : 0) + extra + 1, sizeof(char *));
}

char **string_list(const struct json *json, const struct json_value *list) {
    if (!list || list->type != JSON_ARRAY)
        return NULL;
    char **strings = allocate(list, 0);
    size_t count = 0;
    for (const struct json_value *v = json_first(json, list); strings && v;
         v = json_next(json, v)) {
        if (v->type != JSON_STRING)
            return NULL;
        strings[count++] = (char *)v->text;
    }
    return strings;
}

const char *environment_value(char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment; environment++) {
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    }
    return NULL;
}

// Replaces the variable of the same name, or adds it.
static void set(char **environment, size_t *count, const char *variable) {
    size_t length = strcspn(variable, "=");
    for (size_t i = 0; i < *count; i++) {
        if (strncmp(environment[i], variable, length + 1) == 0) {
            environment[i] = (char *)variable;
            return;
        }
    }
    environment[(*count)++] = (char *)variable;
}

static void set_default(char **environment, size_t *count, const char *name, const char *value) {
    if (environment_value(environment, name))
        return;
    size_t size = strlen(name) + strlen(value) + 2;
    char *variable = malloc(size);
    if (!variable)
        child_fail("failed", "out of memory");
    snprintf(variable, size, "%s=%s", name, value);
    environment[(*count)++] = variable;
}

char **environment_make(const struct json *json, const struct json_value *list,
                        const char *hostname, const char *home, bool terminal) {
    char **environment = allocate(list, DEFAULTS);
    size_t count = 0;
    if (!environment)
        child_fail("failed", "out of memory");
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v)) {
        if (v->type != JSON_STRING || v->text[0] == '=' || !strchr(v->text, '='))
            child_fail("invalid", "'env' must be a list of NAME=VALUE");
        set(environment, &count, v->text);
    }
    set_default(environment, &count, "PATH",
                "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    set_default(environment, &count, "HOSTNAME", hostname);
    set_default(environment, &count, "HOME", home);
    if (terminal)
        set_default(environment, &count, "TERM", "xterm");
    return environment;
}
