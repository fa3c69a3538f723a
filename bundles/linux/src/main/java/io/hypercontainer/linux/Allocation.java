// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.nio.file.Path;

/** Space of a file that is taken before it is written (fallocate(2)). */
public final class Allocation {
    private Allocation() {}

    /**
     * Takes space for all of a file up to a length, so that writing there cannot find the disk
     * full. The file grows to that length if it is shorter; what it holds stays.
     *
     * @param file an existing file
     * @param length in bytes
     * @throws CallFailed with {@link CallFailed#ENOSPC} if the disk has not that much; the file's
     *     length is then as before
     * @throws IOException if it cannot be opened
     */
    public static void upTo(Path file, long length) throws IOException {
        try (var descriptor = Descriptor.open(file, Descriptor.READ_WRITE)) {
            descriptor.allocate(0, length);
        }
    }
}
