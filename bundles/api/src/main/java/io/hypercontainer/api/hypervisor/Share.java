// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;

/**
 * A host folder that the guest sees as a virtiofs file system ({@link Capability#SHARE}).
 *
 * @param tag how the guest finds it: {@code [a-z0-9-]}, at most 20 characters, unique in the
 *     machine
 * @param directory an existing folder of the host
 * @param readOnly whether the guest may only read it
 */
public record Share(String tag, Path directory, boolean readOnly) {}
