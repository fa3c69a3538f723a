// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.runtime.FileSpec;

/**
 * A file that goes into a container.
 *
 * @param path where
 * @param source what is in it
 * @param mode permissions
 * @param user owner
 * @param group group
 */
record FileUse(String path, FileSource source, int mode, String user, String group) {
    FileSpec with(byte[] content) {
        return new FileSpec(path, content, mode, user, group);
    }
}
