// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.host;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells a full disk and an interruption from other failures of the host's file system. */
public final class DiskErrors {
    /** Below this the file system counts as full, whatever its error was called. */
    private static final long FULL = 1 << 20;

    private DiskErrors() {}

    /**
     * To be asked before anything is cleaned up.
     *
     * @param what the operation, as in "cannot make volume x"
     * @param folder on the file system that was written to
     */
    public static HyperException of(String what, IOException cause, Path folder) {
        if (cause instanceof ClosedByInterruptException) {
            return new Interrupted(what, new InterruptedException());
        }
        String reason = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        if (isFull(reason, folder)) {
            return new Unavailable(
                    what
                            + ": the disk under "
                            + folder
                            + " is full; remove unused images, containers or volumes",
                    cause);
        }
        return new DriverFailure(what + ": " + reason, cause);
    }

    private static boolean isFull(String reason, Path folder) {
        // The words are strerror's, so they depend on the daemon's locale; the rest does not.
        if (reason.contains("No space left") || reason.contains("quota exceeded")) {
            return true;
        }
        try {
            return Files.getFileStore(folder).getUsableSpace() < FULL;
        } catch (IOException e) {
            return false;
        }
    }
}
