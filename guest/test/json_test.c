// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "json.h"

#include <string.h>

static bool parse(struct json *json, char *copy, const char *text) {
    strcpy(copy, text);
    return json_parse(json, copy, strlen(text));
}

static void reads_what_it_should(void) {
    char copy[1024];
    struct json json;
    CHECK(parse(&json, copy,
                " {\"s\":\"a\\n\\u00e9\\ud83d\\ude00\\/\",\"n\":18446744073709551615,"
                "\"neg\":-1,\"f\":1.5e3,\"t\":true,\"z\":null,\"a\":[1,[2],{\"b\":3}],\"e\":{}} "));
    const struct json_value *root = json_root(&json);
    CHECK(root->count == 8);
    CHECK(strcmp(json_string(&json, root, "s", ""), "a\n\xC3\xA9\xF0\x9F\x98\x80/") == 0);
    CHECK(json_number(&json, root, "n", 7) == UINT64_MAX);
    CHECK(json_number(&json, root, "neg", 7) == 7);
    CHECK(json_number(&json, root, "f", 7) == 7);
    CHECK(json_bool(&json, root, "t", false));
    CHECK(json_get(&json, root, "z") == NULL);
    CHECK(json_get(&json, root, "missing") == NULL);
    const struct json_value *list = json_get(&json, root, "a");
    const struct json_value *third = json_next(&json, json_next(&json, json_first(&json, list)));
    CHECK(json_number(&json, third, "b", 0) == 3);
    CHECK(json_next(&json, third) == NULL);
    CHECK(json_first(&json, json_get(&json, root, "e")) == NULL);
    json_free(&json);
}

static void refuses_what_is_no_json(void) {
    static const char *const texts[] = {"",
                                        " ",
                                        "{",
                                        "}",
                                        "[1",
                                        "[1,",
                                        "[1,]",
                                        "{\"a\"",
                                        "{\"a\":}",
                                        "{\"a\":1,}",
                                        "{a:1}",
                                        "nul",
                                        "01",
                                        "-",
                                        "1.",
                                        "1e",
                                        "\"",
                                        "\"\\",
                                        "\"\\x\"",
                                        "\"\\u12",
                                        "\"\\u0000\"",
                                        "\"\\ud800\"",
                                        "\"\\ud800\\u0041\"",
                                        "\"\\udc00\"",
                                        "\"\n\"",
                                        "1 2",
                                        "[1]]",
                                        "+1",
                                        "'a'",
                                        "\"a\" \"b\""};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char copy[64];
        struct json json;
        CHECK(!parse(&json, copy, texts[i]));
        CHECK(json.error != NULL);
        json_free(&json);
    }
}

static void bounds_depth_and_number(void) {
    static char text[JSON_MAX_VALUES * 2 + 2];
    struct json json;
    memset(text, '[', 1000);
    CHECK(!json_parse(&json, text, 1000));
    CHECK(strcmp(json.error, "nested too deep") == 0);
    json_free(&json);
    size_t length = 0;
    text[length++] = '[';
    for (int i = 0; i < JSON_MAX_VALUES; i++) {
        text[length++] = '1';
        text[length++] = ',';
    }
    text[length - 1] = ']';
    CHECK(!json_parse(&json, text, length));
    CHECK(strcmp(json.error, "too many values") == 0);
    json_free(&json);
}

static void survives_any_bytes(void) {
    static const char alphabet[] = "{}[]\",:\\u0dD8n1-.e truefalsnl\t\x80\xff";
    uint64_t random = 42;
    for (int round = 0; round < 200000; round++) {
        // On the heap and of the exact size, so that the sanitizer sees each byte too far.
        size_t length = next_random(&random) % 40;
        char *text = malloc(length + 1);
        CHECK(text != NULL);
        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[next_random(&random) % (sizeof alphabet - 1)];
        struct json json;
        json_parse(&json, text, length);
        json_free(&json);
        free(text);
    }
}

static void writes_strings_that_can_be_read(void) {
    uint64_t random = 7;
    for (int round = 0; round < 20000; round++) {
        char bytes[24];
        size_t length = next_random(&random) % sizeof bytes;
        for (size_t i = 0; i < length; i++)
            bytes[i] = (char)(1 + next_random(&random) % 255);
        struct buffer out;
        struct json json;
        buffer_init(&out, 4096);
        json_write_string(&out, bytes, length);
        buffer_add(&out, "", 1);
        CHECK(json_parse(&json, out.data, out.length - 1));
        json_free(&json);
        buffer_free(&out);
    }
    struct buffer out;
    buffer_init(&out, 64);
    json_write_string(&out, "a\"\xff\xc3\xa9", 5);
    CHECK(out.length == strlen("\"a\\\"\xEF\xBF\xBD\xC3\xA9\""));
    CHECK(memcmp(out.data, "\"a\\\"\xEF\xBF\xBD\xC3\xA9\"", out.length) == 0);
    buffer_free(&out);
}

int main(void) {
    reads_what_it_should();
    refuses_what_is_no_json();
    bounds_depth_and_number();
    survives_any_bytes();
    writes_strings_that_can_be_read();
    return 0;
}
