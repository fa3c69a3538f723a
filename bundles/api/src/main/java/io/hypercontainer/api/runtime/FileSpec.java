// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

/**
 * A file that is put into a container before its first start.
 *
 * @param path absolute path in the container; its folder is made if it is missing
 * @param content what is in it
 * @param mode its permissions, such as 0644
 * @param user owner, name or number; empty for root
 * @param group group, name or number; empty for root
 */
public record FileSpec(String path, byte[] content, int mode, String user, String group) {
    /** Keeps a copy. */
    public FileSpec {
        content = content.clone();
    }

    /** {@return a copy of the bytes} */
    @Override
    public byte[] content() {
        return content.clone();
    }
}
