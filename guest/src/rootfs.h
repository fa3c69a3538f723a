// SPDX-License-Identifier: Apache-2.0
// In the child that sets up a container: its root file system and its mounts. Failures end the
// child.
#ifndef ROOTFS_H
#define ROOTFS_H

#include "json.h"

#include <stdbool.h>

struct pod_files {
    const char *hosts;
    const char *resolv_conf;
    const char *hostname;
};

// Mounts the root file system that `create` asks for below /run, which becomes private to the
// child. Returns a handle.
int rootfs_mount(const struct json *json, const struct json_value *create);
// Mounts a source that `mounts` and `root` share: {"disk"|"share", "fstype", "subdir"}. Returns a
// handle to it.
int rootfs_source(const struct json *json, const struct json_value *source, const char *folder);
// /dev, /sys, the files in /etc, and what the container asks for. `pod_shm`: /dev/shm is the pod's.
void mounts_default(int root, const struct json *json, const struct json_value *create,
                    bool pod_shm);
void mounts_files(int root, const struct json *json, const struct json_value *create,
                  const struct pod_files *files);
void mounts_asked(int root, const struct json *json, const struct json_value *create);
// Makes it the root of the child's mount namespace.
void rootfs_enter(int root, bool read_only);

#endif
