// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.io.IOException;
import java.util.Optional;

/**
 * What a pool says of itself (Linux, Documentation/admin-guide/device-mapper/thin-provisioning).
 *
 * @param transaction number that its user counts up
 * @param usedMetadata blocks of metadata
 * @param metadata all of them
 * @param used blocks of data
 * @param total all of them
 * @param mode {@code rw}, {@code ro} or {@code out_of_data_space}
 * @param needsCheck whether its metadata may be damaged
 */
record PoolStatus(
        long transaction,
        long usedMetadata,
        long metadata,
        long used,
        long total,
        String mode,
        boolean needsCheck) {
    static PoolStatus parse(String status) throws IOException {
        String[] words = status.split(" ");
        if (words.length < 8) {
            throw new IOException(
                    "the pool has failed ('"
                            + status
                            + "'): look at the kernel's log for its device's errors");
        }
        String[] metadata = words[1].split("/");
        String[] data = words[2].split("/");
        return new PoolStatus(
                Long.parseLong(words[0]),
                Long.parseLong(metadata[0]),
                Long.parseLong(metadata[1]),
                Long.parseLong(data[0]),
                Long.parseLong(data[1]),
                words[4],
                words[7].equals("needs_check"));
    }

    long free() {
        return total - used;
    }

    boolean metadataRunsShort() {
        return usedMetadata * 4 > metadata * 3;
    }

    boolean isWritable() {
        return mode.equals("rw");
    }

    /** {@return in what state it does not work, if so} */
    Optional<String> trouble() {
        if (needsCheck) {
            return Optional.of("in need of thin_check");
        }
        return switch (mode) {
            case "rw" -> Optional.empty();
            case "ro" ->
                    Optional.of(
                            usedMetadata == metadata
                                    ? "read-only without room for metadata"
                                    : "read-only");
            default -> Optional.of("out of space for data");
        };
    }
}
