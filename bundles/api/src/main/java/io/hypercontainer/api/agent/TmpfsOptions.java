// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

/**
 * How a file system in the guest's memory is mounted.
 *
 * @param readOnly whether it may only be read
 * @param exec whether programs in it may be run
 * @param suid whether programs in it may get another user's rights
 * @param dev whether devices in it work
 * @param uid owner of its root
 * @param gid group of its root
 */
public record TmpfsOptions(
        boolean readOnly, boolean exec, boolean suid, boolean dev, int uid, int gid) {
    /** What docker does where nothing is said. */
    public static final TmpfsOptions DEFAULT = new TmpfsOptions(false, false, false, false, 0, 0);
}
