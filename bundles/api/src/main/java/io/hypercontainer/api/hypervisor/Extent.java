// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;

/**
 * A part of a disk: raw bytes of a regular file or block device.
 *
 * @param file absolute path
 * @param offset where it starts there, a multiple of 512
 * @param length how many bytes, a multiple of 512
 */
public record Extent(Path file, long offset, long length) {}
