// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;

/**
 * A folder or file of the host that the guest sees as a virtiofs file system. The guest gets
 * nothing else of the host, and if it may only read, the host sees to that.
 *
 * @param tag how the guest finds it: {@code [a-z0-9-]}, at most 20 characters, unique in the
 *     machine
 * @param source where it is on the host, without symbolic links on the way: a folder ({@link
 *     Capability#SHARE}), or a regular file ({@link Capability#SHARE_FILE}); the guest finds a file
 *     as {@link #FILE} in a folder that has nothing else
 * @param readOnly whether the guest may only read it
 */
public record Share(String tag, Path source, boolean readOnly) {
    /** The name that a shared file has in its share. */
    public static final String FILE = "file";
}
