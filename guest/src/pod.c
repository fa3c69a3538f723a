// SPDX-License-Identifier: Apache-2.0
#include "pod.h"

#include "base64.h"
#include "container.h"
#include "network.h"
#include "pod_files.h"

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

#define BAD_ENTROPY "can't add 'entropy' to the random number generator"

enum { MAX_ENTROPY = 512 };

static char hostname[HOSTNAME_MAX + 1] = "localhost";

const char *pod_hostname(void) {
    return hostname;
}

void pod_shm_prepare(void) {
    // A second folder means that it is there.
    if (mkdir("/dev/shm", 01777) == 0)
        mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=64m");
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
    const char *entropy = json_string(&r->json, r->root, "entropy", NULL);
    if (entropy && !add_entropy(entropy))
        reply_error(r->ticket, "invalid", BAD_ENTROPY);
    else if (now == 0 || !set_clock(now))
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
    if (!network_loopback_up()) {
        reply_error(r->ticket, "failed", "can't set up lo: %s", strerror(errno));
        return;
    }
    if (entropy && !add_entropy(entropy)) {
        reply_error(r->ticket, "invalid", BAD_ENTROPY);
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
    if (!pod_files_set(json, r->root)) {
        reply_error(r->ticket, "invalid", "bad 'hosts' or 'dns'");
        return;
    }
    for (struct container *c = container_first(); c; c = c->next)
        pod_files_update(c);
    const char *sysctl = write_sysctls(json, json_get(json, r->root, "sysctls"));
    if (sysctl)
        reply_error(r->ticket, "invalid", "can't set sysctl %s: %s", sysctl, strerror(errno));
    else
        reply_done(r->ticket);
}
