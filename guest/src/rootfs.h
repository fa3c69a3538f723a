// SPDX-License-Identifier: Apache-2.0
// In the child that sets up a container: its root file system and its mounts. Failures end the
// child.
#ifndef ROOTFS_H
#define ROOTFS_H

#include "json.h"

#include <stdbool.h>
#include <stdint.h>

struct pod_files;

// Makes /run a place of the child's own, where everything is put together.
void rootfs_begin(void);
// Mounts the root file system that `create` asks for. Returns a handle.
int rootfs_mount(const struct json *json, const struct json_value *create);
// Mounts what is below the changes of a root file system made of layers. Returns a handle.
int rootfs_layers(const struct json *json, const struct json_value *create);
// Mounts a source that `mounts` and `root` share: {"disk"|"share", "fstype", "subdir"}. Returns a
// handle to it.
int rootfs_source(const struct json *json, const struct json_value *source, const char *folder);
// Makes /dev and /sys below /run. `pod_shm`: /dev/shm is the pod's, else it has `shm_size` bytes.
void mounts_build(bool pod_shm, uint64_t shm_size);
// Moves them to their places.
void mounts_attach(int root);
// The files in /etc, and what the container asks for.
void mounts_files(int root, const struct json *json, const struct json_value *create,
                  const struct pod_files *files);
void mounts_asked(int root, const struct json *json, const struct json_value *create);
// Opens what stays of use once the root is entered: the folder of the files in /etc; that which the
// container writes to, its changes against its layers or all of its root.
void rootfs_handles(int handles[2]);
// Makes it the root of the child's mount namespace.
void rootfs_enter(bool read_only);

#endif
