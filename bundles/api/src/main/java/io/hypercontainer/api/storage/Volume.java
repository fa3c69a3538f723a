// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import java.time.Instant;

/**
 * A volume.
 *
 * @param name its name
 * @param disk its file system
 * @param created when it was made
 */
public record Volume(String name, Root.FileSystem disk, Instant created) {}
