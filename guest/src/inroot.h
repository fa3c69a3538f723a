// SPDX-License-Identifier: Apache-2.0
// Paths inside a container's root file system, resolved so that no symbolic link of the image leads
// outside.
#ifndef INROOT_H
#define INROOT_H

#include <stdbool.h>
#include <sys/types.h>

int inroot_open(int root, const char *path, int flags);
// A handle (O_PATH) to `path`; it and the folders above it are made if missing, it as a folder or
// as an empty file.
int inroot_make(int root, const char *path, bool folder);
// Mounts on what the handle `target` stands for.
bool mount_on(const char *source, int target, const char *type, unsigned long flags,
              const char *options);

#endif
