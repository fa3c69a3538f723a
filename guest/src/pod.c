// SPDX-License-Identifier: Apache-2.0
#include "pod.h"

#include "base64.h"
#include "container.h"
#include "files.h"
#include "network.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_FILE = 64 * 1024, MAX_ENTROPY = 512 };

static char hostname[HOSTNAME_MAX + 1] = "localhost";
static struct buffer hosts = {.limit = MAX_FILE};
static struct buffer resolv_conf = {.limit = MAX_FILE};

const char *pod_hostname(void) {
    return hostname;
}

void pod_shm_prepare(void) {
    // A second folder means that it is there.
    if (mkdir("/dev/shm", 01777) == 0)
        mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m");
}

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
    *files = (struct pod_files){all_hosts.data, own_dns.data, own_name.data};
    return true;
}

// A clone of a virtual machine must not repeat its template's random numbers.
static bool add_entropy(const char *text) {
    struct {
        struct rand_pool_info info;
        unsigned char bytes[MAX_ENTROPY];
    } pool;
    long length = base64_decode(text, pool.bytes, sizeof pool.bytes);
    if (length < 0)
        return false;
    pool.info.entropy_count = (int)length * 8;
    pool.info.buf_size = (int)length;
    int fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
    bool done = fd >= 0 && ioctl(fd, RNDADDENTROPY, &pool) == 0;
    // A generator that was not seeded before (ENODATA) is seeded by what was just added.
    done = done && (ioctl(fd, RNDRESEEDCRNG) == 0 || errno == ENODATA);
    if (fd >= 0)
        close(fd);
    return done;
}

static bool set_clock(uint64_t nanoseconds) {
    struct timespec time = {.tv_sec = (time_t)(nanoseconds / 1000000000),
                            .tv_nsec = (long)(nanoseconds % 1000000000)};
    return clock_settime(CLOCK_REALTIME, &time) == 0;
}

void pod_clock(const struct request *r) {
    uint64_t now = json_number(&r->json, r->root, "nanoseconds", 0);
    if (now == 0 || !set_clock(now))
        reply_error(r->ticket, "invalid", "can't set the clock to %llu ns",
                    (unsigned long long)now);
    else
        reply_done(r->ticket);
}

static const char *write_sysctls(const struct json *json, const struct json_value *sysctls) {
    for (const struct json_value *s = json_first(json, sysctls); s; s = json_next(json, s)) {
        if (s->type != JSON_STRING || !sysctl_write(s->key, s->text))
            return s->key;
    }
    return NULL;
}

void pod_setup(const struct request *r) {
    const struct json *json = &r->json;
    const char *name = json_string(json, r->root, "hostname", NULL);
    const char *entropy = json_string(json, r->root, "entropy", NULL);
    uint64_t clock = json_number(json, r->root, "clockNanoseconds", 0);
    const struct json_value *dns = json_get(json, r->root, "dns");
    const struct json_value *host_list = json_get(json, r->root, "hosts");
    if (!network_loopback_up()) {
        reply_error(r->ticket, "failed", "can't set up lo: %s", strerror(errno));
        return;
    }
    if (entropy && !add_entropy(entropy)) {
        reply_error(r->ticket, "invalid", "can't add 'entropy' to the random number generator");
        return;
    }
    if (clock && !set_clock(clock)) {
        reply_error(r->ticket, "invalid", "can't set the clock");
        return;
    }
    if (name) {
        if (strlen(name) > HOSTNAME_MAX || sethostname(name, strlen(name)) < 0) {
            reply_error(r->ticket, "invalid", "bad host name");
            return;
        }
        strcpy(hostname, name);
    }
    if (host_list)
        buffer_clear(&hosts);
    if (dns)
        buffer_clear(&resolv_conf);
    if (!add_hosts(json, host_list, &hosts) || !add_dns(json, dns, &resolv_conf)) {
        reply_error(r->ticket, "invalid", "bad 'hosts' or 'dns'");
        return;
    }
    const char *sysctl = write_sysctls(json, json_get(json, r->root, "sysctls"));
    if (sysctl)
        reply_error(r->ticket, "invalid", "can't set sysctl %s: %s", sysctl, strerror(errno));
    else
        reply_done(r->ticket);
}
