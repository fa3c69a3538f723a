// SPDX-License-Identifier: Apache-2.0
#include "setup.h"

#include "child.h"
#include "modules.h"
#include "pod_files.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULT_SHM = 64 * 1024 * 1024 };

bool setup_shares(const struct json *json, const struct json_value *create, const char *name) {
    const struct json_value *list = json_get(json, create, "pod");
    for (const struct json_value *v = json_first(json, list); v; v = json_next(json, v)) {
        if (v->type == JSON_STRING && strcmp(v->text, name) == 0)
            return true;
    }
    return false;
}

static void begin(bool pod_shm, uint64_t shm_size) {
    const int modules = modules_folder();
    child_keep_only(&modules, 1);
    // Its root is the control group that this child is in.
    if (unshare(CLONE_NEWCGROUP) < 0)
        child_fail("failed", "cgroup namespace: %s", strerror(errno));
    rootfs_begin();
    mounts_build(pod_shm, shm_size);
}

static _Noreturn void finish(const struct json *json, const struct pod_files *files) {
    const struct json_value *create = json_root(json);
    int fd = rootfs_mount(json, create);
    mounts_attach(fd);
    mounts_files(fd, json, create, files);
    mounts_asked(fd, json, create);
    int handles[REPORT_FDS];
    rootfs_handles(handles);
    const struct json_value *root = json_get(json, create, "root");
    rootfs_enter(json_bool(json, root, "readOnly", false) &&
                 !json_bool(json, root, "sealAtStart", false));
    child_ready_with(handles);
    // The agent opens this process's namespaces now.
    child_wait_closed();
    _exit(0);
}

_Noreturn void setup_run(const struct request *r, const char *hostname,
                         const struct pod_files *files) {
    if (!setup_shares(&r->json, r->root, "uts") && sethostname(hostname, strlen(hostname)) < 0)
        child_fail("failed", "sethostname: %s", strerror(errno));
    begin(setup_shares(&r->json, r->root, "ipc"),
          json_number(&r->json, r->root, "shmSize", DEFAULT_SHM));
    finish(&r->json, files);
}

_Noreturn void setup_run_blank(void) {
    begin(true, 0);
    child_ready();
    size_t length;
    struct json json;
    struct pod_files files;
    char *text = child_receive(&length);
    if (!json_parse(&json, text, length))
        child_fail("failed", "the request changed on its way");
    files.hosts = child_receive(&length);
    files.resolv_conf = child_receive(&length);
    files.hostname = child_receive(&length);
    finish(&json, &files);
}

bool setup_send(int report, const struct request *r, const struct pod_files *files) {
    return child_send(report, r->text, r->length) &&
           child_send(report, files->hosts, strlen(files->hosts)) &&
           child_send(report, files->resolv_conf, strlen(files->resolv_conf)) &&
           child_send(report, files->hostname, strlen(files->hostname));
}
