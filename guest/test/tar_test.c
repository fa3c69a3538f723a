// SPDX-License-Identifier: Apache-2.0
#include "check.h"
#include "tar.h"

#include <string.h>

static struct tar_entry in, out;
static struct buffer archive = {.limit = 4 * 1024 * 1024};
static uint64_t state = 5;

struct source {
    const char *at, *end;
};

// Gives pieces of any size.
static size_t take(void *context, void *to, size_t length) {
    struct source *s = context;
    size_t left = (size_t)(s->end - s->at);
    size_t count = left < length ? left : length;
    if (count > 1)
        count = 1 + next_random(&state) % count;
    memcpy(to, s->at, count);
    s->at += count;
    return count;
}

static struct source source;

static struct tar_reader reader_of(const struct buffer *b, size_t length) {
    source = (struct source){b->data, b->data + length};
    return (struct tar_reader){.read = take, .context = &source};
}

static void fill(char *name, size_t length) {
    for (size_t i = 0; i < length; i++)
        name[i] = i % 50 == 49 ? '/' : (char)('a' + i % 26);
    name[length] = '\0';
}

static void writes_what_it_reads(void) {
    static const size_t lengths[] = {1, 99, 100, 101, 155, 256, 4000, TAR_MAX_NAME};
    static const uint32_t ids[] = {0, 1000, 07777777, 010000000, UINT32_MAX - 1};
    static const int64_t times[] = {0, 1, -1, 077777777777, 0100000000000, -86400};
    for (int round = 0; round < 4000; round++) {
        tar_clear(&in);
        in.type = (enum tar_type)('0' + next_random(&state) % 7);
        in.mode = next_random(&state) % 010000;
        in.uid = ids[next_random(&state) % 5];
        in.gid = ids[next_random(&state) % 5];
        in.modified = times[next_random(&state) % 6];
        fill(in.name, lengths[next_random(&state) % 8]);
        if (in.type == TAR_HARD_LINK || in.type == TAR_SYMBOLIC_LINK)
            fill(in.link, lengths[next_random(&state) % 8]);
        if (in.type == TAR_CHARACTER_DEVICE || in.type == TAR_BLOCK_DEVICE)
            in.major = 250, in.minor = 1 << 20;
        if (round % 3 == 0) {
            CHECK(tar_add_xattr(&in, "user.a", "x\0=\n", 4));
            CHECK(tar_add_xattr(&in, "user.b", "", 0));
        }
        static const char content[TAR_BLOCK];
        in.size = in.type == TAR_FILE ? next_random(&state) % TAR_BLOCK : 0;
        buffer_clear(&archive);
        CHECK(tar_write_header(&in, &archive));
        CHECK(archive.length % TAR_BLOCK == 0);
        if (in.size)
            CHECK(buffer_add(&archive, content, TAR_BLOCK));
        struct tar_reader r = reader_of(&archive, archive.length);
        CHECK(tar_read_header(&r, &out) == TAR_ENTRY);
        bool folder = in.type == TAR_FILE && in.name[strlen(in.name) - 1] == '/';
        CHECK(out.type == (folder ? TAR_FOLDER : in.type) && out.mode == in.mode);
        CHECK(out.uid == in.uid && out.gid == in.gid && out.modified == in.modified);
        CHECK(strcmp(out.name, in.name) == 0 && strcmp(out.link, in.link) == 0);
        CHECK(out.major == in.major && out.minor == in.minor);
        CHECK(folder || out.size == in.size);
        CHECK(out.xattrs.length == in.xattrs.length);
        CHECK(!in.xattrs.length || memcmp(out.xattrs.data, in.xattrs.data, in.xattrs.length) == 0);
        // The content is skipped, the missing end is the end.
        if (!folder)
            CHECK(tar_read_header(&r, &out) == TAR_END);
    }
}

static void large_sizes(void) {
    tar_clear(&in);
    strcpy(in.name, "large");
    in.size = UINT64_C(1) << 40;
    buffer_clear(&archive);
    CHECK(tar_write_header(&in, &archive));
    struct tar_reader r = reader_of(&archive, archive.length);
    CHECK(tar_read_header(&r, &out) == TAR_ENTRY && out.size == in.size);
    CHECK(tar_read_header(&r, &out) == TAR_BAD && strcmp(r.error, "it breaks off") == 0);
}

static void sum_up(char *block) {
    unsigned sum = 0;
    memset(block + 148, ' ', 8);
    for (int i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)block[i];
    snprintf(block + 148, 8, "%06o", sum);
}

// Headers as other programs write them.
static char *other_header(char type, const char *name, const char *magic) {
    CHECK(buffer_reserve(&archive, TAR_BLOCK));
    char *block = archive.data + archive.length;
    archive.length += TAR_BLOCK;
    memset(block, 0, TAR_BLOCK);
    strcpy(block, name);
    memcpy(block + 100, "0000755 \0", 8);
    memcpy(block + 257, magic, 8);
    block[156] = type;
    return block;
}

static void reads_gnu_and_older(void) {
    static char name[TAR_BLOCK];
    buffer_clear(&archive);
    char *block = other_header('L', "././@LongLink", "ustar  ");
    memcpy(block + 124, "00000000202", 11);
    sum_up(block);
    fill(name, 129);
    CHECK(buffer_add(&archive, name, sizeof name));
    block = other_header('0', "short", "ustar  ");
    // Size and owner in binary; a mode without leading zeros.
    memcpy(block + 124, "\x80\0\0\0\0\0\0\0\0\0\0\x03", 12);
    memcpy(block + 108, "\x80\0\0\0\0\x10\0\0", 8);
    memcpy(block + 136, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe", 12);
    memcpy(block + 100, "   644 \0", 8);
    sum_up(block);
    CHECK(buffer_add(&archive, (char[TAR_BLOCK]){"abc"}, TAR_BLOCK));
    block = other_header('\0', "old/", "\0\0\0\0\0\0\0");
    sum_up(block);
    block = other_header('0', "name",
                         "ustar\0"
                         "0");
    memcpy(block + 345, "prefix", 6);
    sum_up(block);
    struct tar_reader r = reader_of(&archive, archive.length);
    char content[8] = "";
    CHECK(tar_read_header(&r, &out) == TAR_ENTRY && strcmp(out.name, name) == 0);
    CHECK(out.size == 3 && out.uid == 0x100000 && out.mode == 0644 && out.modified == -2);
    size_t have = 0, count;
    while ((count = tar_read_content(&r, content + have, sizeof content - have)) > 0)
        have += count;
    CHECK(have == 3 && strcmp(content, "abc") == 0);
    CHECK(tar_read_header(&r, &out) == TAR_ENTRY && out.type == TAR_FOLDER);
    CHECK(tar_read_header(&r, &out) == TAR_ENTRY && strcmp(out.name, "prefix/name") == 0);
    CHECK(tar_read_header(&r, &out) == TAR_END);
}

static void refuses(const char *records, size_t length) {
    buffer_clear(&archive);
    char *block = other_header('x', "x",
                               "ustar\0"
                               "0");
    snprintf(block + 124, 12, "%011zo", length);
    sum_up(block);
    CHECK(buffer_add(&archive, records, length));
    CHECK(buffer_add(&archive, (char[TAR_BLOCK]){0}, tar_padding(length)));
    sum_up(other_header('0', "f",
                        "ustar\0"
                        "0"));
    struct tar_reader r = reader_of(&archive, archive.length);
    CHECK(tar_read_header(&r, &out) == TAR_BAD && r.error);
}

static void refuses_what_is_wrong(void) {
#define REFUSES(text) refuses(text, sizeof text - 1)
    REFUSES("99 path=a\n");
    REFUSES("9 path=a\n ");
    REFUSES("11 path=a\n");
    REFUSES("3 \n");
    REFUSES("-5 path=a\n");
    REFUSES("99999999999999999999999 path=a\n");
    REFUSES("9 path=a ");
    REFUSES("11 path=a\0\n");
    REFUSES("10 uid=-1\n");
    REFUSES("18 uid=4294967295\n");
    REFUSES("10 uid=1x\n");
    REFUSES("11 size=-1\n");
    REFUSES("29 size=99999999999999999999\n");
    REFUSES("22 GNU.sparse.major=1\n");
    REFUSES("path=a\n");
#undef REFUSES
    buffer_clear(&archive);
    sum_up(other_header('S', "sparse", "ustar  "));
    struct tar_reader r = reader_of(&archive, archive.length);
    CHECK(tar_read_header(&r, &out) == TAR_BAD);
    buffer_clear(&archive);
    char *block = other_header('x', "x",
                               "ustar\0"
                               "0");
    memcpy(block + 124, "77777777777", 11);
    sum_up(block);
    r = reader_of(&archive, archive.length);
    CHECK(tar_read_header(&r, &out) == TAR_BAD &&
          strcmp(r.error, "an extended header is too large") == 0);
    buffer_clear(&archive);
    CHECK(buffer_add(&archive, (char[700]){"no archive"}, 700));
    r = reader_of(&archive, archive.length);
    CHECK(tar_read_header(&r, &out) == TAR_BAD);
    r = reader_of(&archive, 0);
    CHECK(tar_read_header(&r, &out) == TAR_END);
}

// Reads an archive of which bytes were changed or cut off, sums repaired or not.
static void survives_anything(void) {
    char content[100];
    for (int round = 0; round < 60000; round++) {
        buffer_clear(&archive);
        for (int i = 0; i < 3; i++) {
            tar_clear(&in);
            fill(in.name, next_random(&state) % 300 + 1);
            in.type = (enum tar_type)('0' + next_random(&state) % 7);
            in.uid = (uint32_t)next_random(&state);
            CHECK(tar_add_xattr(&in, "user.a", "value", 5));
            in.uid -= in.uid == UINT32_MAX;
            CHECK(tar_write_header(&in, &archive));
        }
        for (uint64_t i = next_random(&state) % 8; i > 0; i--)
            archive.data[next_random(&state) % archive.length] = (char)next_random(&state);
        if (round % 2) {
            for (size_t at = 0; at < archive.length; at += TAR_BLOCK)
                sum_up(archive.data + at);
        }
        struct tar_reader r = reader_of(&archive, next_random(&state) % (archive.length + 1));
        enum tar_result result;
        while ((result = tar_read_header(&r, &out)) == TAR_ENTRY) {
            const char *name;
            const void *value;
            size_t at = 0, length;
            CHECK(strlen(out.name) <= TAR_MAX_NAME && strlen(out.link) <= TAR_MAX_NAME);
            while (tar_next_xattr(&out, &at, &name, &value, &length))
                CHECK(at <= out.xattrs.length);
            tar_read_content(&r, content, sizeof content);
        }
        CHECK(result == TAR_END || r.error);
    }
}

int main(void) {
    writes_what_it_reads();
    large_sizes();
    reads_gnu_and_older();
    refuses_what_is_wrong();
    survives_anything();
    return 0;
}
