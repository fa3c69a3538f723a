// SPDX-License-Identifier: Apache-2.0
#include "exec.h"

#include "child.h"
#include "credentials.h"
#include "environment.h"
#include "initial.h"
#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/close_range.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void enter(int namespace, int type, const char *name) {
    if (setns(namespace, type) < 0)
        child_fail("failed", "can't enter the container's %s namespace: %s", name, strerror(errno));
}

static void enter_namespaces(const struct container *c) {
    enter(c->ipc_ns, CLONE_NEWIPC, "IPC");
    enter(c->uts_ns, CLONE_NEWUTS, "UTS");
    enter(c->cgroup_ns, CLONE_NEWCGROUP, "cgroup");
    enter(c->mount_ns, CLONE_NEWNS, "mount");
}

// Before the namespaces change: /dev/null of the machine can't be anything else.
static void take_stdio(const int stdio[3]) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int i = 0; i < 3; i++) {
        if (dup2(stdio[i] >= 0 ? stdio[i] : null, i) < 0)
            child_fail("failed", "standard input and output: %s", strerror(errno));
    }
}

// A process that is not root must be able to open /dev/stdout and its kind.
static void give_stdio(uid_t uid) {
    for (int i = 0; i < 3; i++) {
        struct stat status;
        if (fstat(i, &status) == 0 && !(S_ISCHR(status.st_mode) && !isatty(i)))
            (void)fchown(i, uid, (gid_t)-1);
    }
}

static void make_folders(const char *path) {
    char prefix[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof prefix)
        return;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        memcpy(prefix, path, i);
        prefix[i] = '\0';
        (void)mkdir(prefix, 0755);
    }
}

static bool change_folder(const struct request *r) {
    const char *folder = json_string(&r->json, r->root, "cwd", "/");
    if (*folder == '\0')
        folder = "/";
    if (folder[0] != '/')
        child_fail("bad-cwd", "the working directory '%s' is not an absolute path", folder);
    if (chdir(folder) == 0)
        return true;
    if (errno == ENOENT) {
        make_folders(folder);
        if (chdir(folder) == 0)
            return true;
    }
    // It may be one that only the user may enter.
    if (errno == EACCES)
        return false;
    child_fail("bad-cwd", "can't change to the working directory '%s': %s", folder,
               strerror(errno));
}

static _Noreturn void fail_exec(const char *program, int error) {
    const char *code = error == ENOENT || error == ENOTDIR ? "not-found" : "not-executable";
    child_fail(code, "exec: \"%s\": %s", program,
               error == ENOEXEC ? "exec format error" : strerror(error));
}

static void execute(const char *path, char *const *arguments, char *const *environment) {
    struct stat status;
    if (stat(path, &status) < 0)
        return;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        return;
    }
    execve(path, arguments, environment);
}

// Looks for the program as Docker does: in the PATH of the container, unless there is a slash in
// its name.
static _Noreturn void run(char *const *arguments, char *const *environment) {
    const char *program = arguments[0];
    if (strchr(program, '/')) {
        execute(program, arguments, environment);
        fail_exec(program, errno);
    }
    int error = 0;
    const char *at = environment_value(environment, "PATH");
    while (at && *program) {
        char path[PATH_MAX];
        size_t length = strcspn(at, ":");
        int total = snprintf(path, sizeof path, "%.*s/%s", (int)length, length ? at : ".", program);
        if (total > 0 && (size_t)total < sizeof path) {
            execute(path, arguments, environment);
            if (errno != ENOENT && errno != ENOTDIR && errno != EISDIR)
                error = errno;
        }
        at = at[length] ? at + length + 1 : NULL;
    }
    if (error)
        fail_exec(program, error);
    child_fail("not-found", "exec: \"%s\": executable file not found in $PATH", program);
}

_Noreturn void exec_process(const struct container *c, const struct request *r, bool first,
                            const int stdio[3]) {
    const struct json *json = &r->json;
    const struct json_value *terminal = json_get(json, r->root, "terminal");
    struct credentials credentials;
    char **arguments = string_list(json, json_get(json, r->root, "args"));
    if (!arguments || !arguments[0])
        child_fail("invalid", "'args' must be a list of at least one string");
    setsid();
    take_stdio(stdio);
    enter_namespaces(c);
    umask(022);
    bool privileged = json_bool(json, r->root, "privileged", false);
    if (first)
        initial_process(c, privileged);
    if (terminal)
        terminal_take(json, terminal, first);
    credentials_resolve(json, r->root, privileged, &credentials);
    char **environment = environment_make(json, json_get(json, r->root, "env"), c->hostname,
                                          credentials.identity.home, terminal != NULL);
    give_stdio(credentials.identity.uid);
    bool inside = change_folder(r);
    credentials_assume(&credentials);
    if (!inside)
        inside = change_folder(r);
    if (!inside)
        child_fail("bad-cwd", "the user may not enter the working directory");
    syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_CLOEXEC);
    run(arguments, environment);
}
