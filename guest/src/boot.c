// SPDX-License-Identifier: Apache-2.0
#include "boot.h"

#include "cgroup.h"
#include "channel.h"
#include "devices.h"
#include "files.h"
#include "log.h"
#include "loop.h"
#include "modules.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

// The host gives up much earlier. The clock of an emulated machine on a busy host may run many
// times too fast, so that a short wait would be none.
enum { CHANNEL_WAIT_MS = 600000, FILES = 65536 };

static char command_line[4096];

static void mount_or_die(const char *type, const char *target, unsigned long flags,
                         const char *options) {
    if (mount(type, target, type, flags, options) < 0)
        fatal("can't mount %s on %s: %s", type, target, strerror(errno));
}

// The initial root file system can't be replaced by pivot_root, which containers need; a tmpfs on
// top of it can.
static void change_root(void) {
    static const char *const folders[] = {"/root/dev", "/root/proc", "/root/sys", "/root/run"};
    mount_or_die("tmpfs", "/root", MS_NOSUID | MS_NODEV, "mode=755,size=1m");
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        mkdir(folders[i], 0755);
    mount_or_die("devtmpfs", "/root/dev", MS_NOSUID | MS_NOEXEC, "mode=755");
    mount_or_die("proc", "/root/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    mount_or_die("sysfs", "/root/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
    if (chdir("/root") < 0 || mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 ||
        chdir("/") < 0)
        fatal("can't change the root: %s", strerror(errno));
}

static void use_console(void) {
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);
    int null = open("/dev/null", O_RDWR);
    for (int i = 0; i < 3; i++)
        dup2(i == 0 || fd < 0 ? null : fd, i);
    if (fd > 2)
        close(fd);
    if (null > 2)
        close(null);
}

// Value of `key=` on the kernel's command line.
static const char *parameter(const char *key, const char *fallback) {
    static char value[128];
    size_t length = strlen(key);
    for (const char *at = command_line; *at;) {
        size_t word = strcspn(at, " \n");
        if (word > length && word - length - 1 < sizeof value && strncmp(at, key, length) == 0 &&
            at[length] == '=') {
            memcpy(value, at + length + 1, word - length - 1);
            value[word - length - 1] = '\0';
            return value;
        }
        at += word;
        at += *at != '\0';
    }
    return fallback;
}

static int await_channel(const char *specification) {
    uint64_t end = monotonic_ms() + CHANNEL_WAIT_MS;
    while (true) {
        modules_load_buses();
        int fd = channel_open_device(specification);
        if (fd >= 0)
            return fd;
        uint64_t now = monotonic_ms();
        if (now >= end)
            fatal("no channel %s: %s", specification, strerror(errno));
        devices_wait((int)(end - now));
    }
}

int boot(void) {
    struct rlimit files = {.rlim_cur = FILES, .rlim_max = FILES};
    umask(022);
    modules_init();
    change_root();
    use_console();
    signal(SIGPIPE, SIG_IGN);
    setrlimit(RLIMIT_NOFILE, &files);
    setenv("PATH", "/", 1);
    file_read("/proc/cmdline", command_line, sizeof command_line);
    devices_init();
    return await_channel(parameter("hyper.channel", "virtio:hyper.agent.0"));
}

void boot_rest(void) {
    file_write("/proc/self/oom_score_adj", "-1000");
    // Signals of ended processes must not be lost in a container that makes many.
    file_write("/proc/sys/fs/file-max", "1000000");
    modules_load_drivers();
    cgroup_init();
}
