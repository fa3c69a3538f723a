// SPDX-License-Identifier: Apache-2.0
// Arguments and environment of a process.
#ifndef ENVIRONMENT_H
#define ENVIRONMENT_H

#include "json.h"

// The strings of a JSON array, ended by NULL; NULL when it is none, holds others, or there is no
// memory.
char **string_list(const struct json *json, const struct json_value *list);
// The given variables ("NAME=VALUE", the last of a name counts), completed by what Docker sets by
// default.
char **environment_make(const struct json *json, const struct json_value *list,
                        const char *hostname, const char *home, bool terminal);
const char *environment_value(char *const *environment, const char *name);

#endif
