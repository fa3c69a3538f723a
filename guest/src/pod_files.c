// SPDX-License-Identifier: Apache-2.0
#include "pod_files.h"

#include "files.h"
#include "log.h"
#include "pod.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_FILE = 64 * 1024 };

static struct buffer hosts = {.limit = MAX_FILE};
static struct buffer resolv_conf = {.limit = MAX_FILE};
static unsigned version;

static bool single_line(const char *text) {
    return text && !strpbrk(text, "\n\r");
}

// "hosts": [{"address": "10.0.0.2", "names": ["db", "db.example"]}]
static bool add_hosts(const struct json *json, const struct json_value *list, struct buffer *out) {
    for (const struct json_value *h = json_first(json, list); h; h = json_next(json, h)) {
        const char *address = json_string(json, h, "address", NULL);
        if (!single_line(address))
            return false;
        buffer_text(out, address);
        const struct json_value *names = json_get(json, h, "names");
        for (const struct json_value *n = json_first(json, names); n; n = json_next(json, n)) {
            if (n->type != JSON_STRING || !single_line(n->text))
                return false;
            buffer_text(out, n == json_first(json, names) ? "\t" : " ");
            buffer_text(out, n->text);
        }
        buffer_text(out, "\n");
    }
    return !out->overflow;
}

static bool add_words(const struct json *json, const struct json_value *list, const char *prefix,
                      const char *separator, struct buffer *out) {
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v)) {
        if (v->type != JSON_STRING || !single_line(v->text))
            return false;
        buffer_text(out, v == json_first(json, list) ? prefix : separator);
        buffer_text(out, v->text);
    }
    if (list && list->count)
        buffer_text(out, "\n");
    return !out->overflow;
}

// "dns": {"servers": [...], "search": [...], "options": [...]}
static bool add_dns(const struct json *json, const struct json_value *dns, struct buffer *out) {
    return add_words(json, json_get(json, dns, "search"), "search ", " ", out) &&
           add_words(json, json_get(json, dns, "servers"), "nameserver ", "\nnameserver ", out) &&
           add_words(json, json_get(json, dns, "options"), "options ", " ", out);
}

bool pod_files_for(const struct json *json, const struct json_value *create, const char *name,
                   struct pod_files *files) {
    static const char defaults[] = "127.0.0.1\tlocalhost\n"
                                   "::1\tlocalhost ip6-localhost ip6-loopback\n"
                                   "fe00::\tip6-localnet\n"
                                   "ff00::\tip6-mcastprefix\n"
                                   "ff02::1\tip6-allnodes\n"
                                   "ff02::2\tip6-allrouters\n";
    static struct buffer all_hosts = {.limit = 2 * MAX_FILE}, own_dns = {.limit = MAX_FILE};
    static struct buffer own_name = {.limit = MAX_FILE};
    const struct json_value *dns = json_get(json, create, "dns");
    buffer_clear(&all_hosts);
    buffer_clear(&own_dns);
    buffer_clear(&own_name);
    buffer_text(&all_hosts, defaults);
    buffer_add(&all_hosts, hosts.data, hosts.length);
    if (!add_hosts(json, json_get(json, create, "hosts"), &all_hosts) ||
        (dns && !add_dns(json, dns, &own_dns)))
        return false;
    if (!dns)
        buffer_add(&own_dns, resolv_conf.data, resolv_conf.length);
    buffer_text(&own_name, name);
    buffer_text(&own_name, "\n");
    buffer_add(&all_hosts, "", 1);
    buffer_add(&own_dns, "", 1);
    buffer_add(&own_name, "", 1);
    *files = (struct pod_files){all_hosts.data, own_dns.data, own_name.data, version};
    return true;
}

bool pod_files_set(const struct json *json, const struct json_value *setup) {
    const struct json_value *dns = json_get(json, setup, "dns");
    const struct json_value *list = json_get(json, setup, "hosts");
    version++;
    if (list)
        buffer_clear(&hosts);
    if (dns)
        buffer_clear(&resolv_conf);
    return add_hosts(json, list, &hosts) && add_dns(json, dns, &resolv_conf);
}

// In place, as the file is mounted in the container; a reader may see old and new mixed, but never
// an empty file.
static void rewrite(int folder, const char *name, const char *text) {
    int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    // Without one, the container has a mount of its own in its place.
    if (fd < 0)
        return;
    if (!write_all(fd, text, strlen(text)) || ftruncate(fd, (off_t)strlen(text)) < 0)
        log_line("can't write %s of a container: %s", name, strerror(errno));
    close(fd);
}

void pod_files_update(struct container *c) {
    struct json json;
    struct pod_files files;
    if (c->files < 0 || c->files_version == version)
        return;
    char *text = container_request(c, &json);
    if (!text)
        return;
    const struct json_value *create = json_root(&json);
    const char *own = json_string(&json, create, "hostname", NULL);
    if (!own)
        strcpy(c->hostname, pod_hostname());
    if (pod_files_for(&json, create, c->hostname, &files)) {
        rewrite(c->files, "hosts", files.hosts);
        rewrite(c->files, "resolv.conf", files.resolv_conf);
        rewrite(c->files, "hostname", files.hostname);
        c->files_version = version;
    }
    json_free(&json);
    free(text);
}
