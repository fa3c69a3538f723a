// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "users.h"

#include <string.h>

static const char passwd[] = "root:x:0:0:root:/root:/bin/sh\n"
                             "broken line\n"
                             "bad:x:notanumber:5::/:/bin/sh\n"
                             "u:x:1000:1001:User:/home/u:/bin/sh\n"
                             "nohome:x:7:8\n"
                             "last:x:9:10::/l:/bin/sh";
static const char group[] =
    "root:x:0:\nu:x:1001:\nextra:x:44:a,u\nmore:x:45:u\nuu:x:46:uu\nempty:x:47:";

static struct identity who;
static const char *error;

static bool resolve(const char *user) {
    return users_resolve(user, passwd, group, &who, &error);
}

static void follows_docker(void) {
    CHECK(resolve("") && who.uid == 0 && who.gid == 0 && strcmp(who.home, "/root") == 0);
    CHECK(resolve("u") && who.uid == 1000 && who.gid == 1001 && who.group_count == 2);
    CHECK(who.groups[0] == 44 && who.groups[1] == 45 && strcmp(who.home, "/home/u") == 0);
    CHECK(resolve("1000") && who.gid == 1001 && who.group_count == 2);
    CHECK(resolve("u:extra") && who.gid == 44 && who.group_count == 0);
    CHECK(resolve("u:12345") && who.gid == 12345);
    CHECK(resolve("5555") && who.uid == 5555 && who.gid == 0 && strcmp(who.home, "/") == 0);
    CHECK(resolve("5555:46") && who.gid == 46);
    CHECK(resolve("nohome") && who.gid == 8 && strcmp(who.home, "/") == 0);
    CHECK(resolve("last") && who.uid == 9);
    CHECK(resolve(":extra") && who.uid == 0 && who.gid == 44);
}

static void refuses_the_unknown(void) {
    CHECK(!resolve("nobody") && !resolve("u:nogroup") && !resolve("bad"));
    CHECK(!resolve("-1") && !resolve("4294967295") && !resolve("99999999999"));
    CHECK(!users_resolve("root", "", "", &who, &error));
    CHECK(users_resolve("0", "", "", &who, &error) && who.uid == 0);
}

static void adds_groups(void) {
    CHECK(resolve("u") && users_add_group(&who, "empty", group, &error) && who.groups[2] == 47);
    CHECK(!users_add_group(&who, "nogroup", group, &error));
    // One that it has already is not added again.
    CHECK(users_add_group(&who, "extra", group, &error) && who.group_count == 3);
    for (int i = 1; who.group_count < USERS_MAX_GROUPS; i++) {
        char number[16];
        snprintf(number, sizeof number, "%d", 1000 + i);
        CHECK(users_add_group(&who, number, group, &error));
    }
    CHECK(!users_add_group(&who, "1", group, &error));
}

static void finds_names(void) {
    char name[5];
    CHECK(users_name(passwd, 0, name, sizeof name) && strcmp(name, "root") == 0);
    CHECK(users_name(passwd, 9, name, sizeof name) && strcmp(name, "last") == 0);
    CHECK(!users_name(passwd, 5, name, sizeof name) && !users_name("", 0, name, sizeof name));
    // Too long, or empty.
    CHECK(!users_name(passwd, 0, name, 4) && !users_name(":x:0:", 0, name, sizeof name));
}

static void survives_any_file(void) {
    static const char alphabet[] = ":\n,0123456789au\xff";
    uint64_t random = 11;
    for (int round = 0; round < 100000; round++) {
        size_t length = next_random(&random) % 60;
        char *text = malloc(length + 1);
        CHECK(text != NULL);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[next_random(&random) % (sizeof alphabet - 1)];
        text[length] = '\0';
        users_resolve("u:a", text, text, &who, &error);
        users_resolve("1", text, text, &who, &error);
        char name[8];
        users_name(text, 1, name, sizeof name);
        CHECK(who.group_count <= USERS_MAX_GROUPS);
        free(text);
    }
}

int main(void) {
    follows_docker();
    refuses_the_unknown();
    adds_groups();
    finds_names();
    survives_any_file();
    return 0;
}
