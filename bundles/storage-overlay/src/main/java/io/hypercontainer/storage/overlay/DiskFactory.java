// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes empty disks of any size. */
final class DiskFactory {
    /** Sizes remembered; few daemons use more than two. */
    private static final int MAX_TEMPLATES = 16;

    private final Workspace workspace;
    private final Map<Long, Ext4Template> templates =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<Long, Ext4Template> eldest) {
                    return size() > MAX_TEMPLATES;
                }
            };

    DiskFactory(Workspace workspace) {
        this.workspace = workspace;
    }

    /**
     * Makes a disk; complete and on disk on return.
     *
     * @param sizeBytes at least; rounded up to MiB
     */
    void make(Path disk, long sizeBytes) throws IOException {
        template(roundedUp(sizeBytes)).write(disk);
    }

    /** Makes the template of a size that will be used soon. */
    void prepare(long sizeBytes) throws IOException {
        template(roundedUp(sizeBytes));
    }

    private synchronized Ext4Template template(long size) throws IOException {
        Ext4Template present = templates.get(size);
        if (present != null) {
            return present;
        }
        try (Scratch scratch = workspace.scratch()) {
            Ext4Template made = Ext4Template.make(size, scratch.path());
            templates.put(size, made);
            return made;
        }
    }

    private static long roundedUp(long sizeBytes) {
        if (sizeBytes < Ext4Template.MIN_SIZE || sizeBytes > Ext4Template.MAX_SIZE) {
            throw new InvalidSpec(
                    "a disk of " + sizeBytes + " bytes can't be made: choose 32 MiB to 16 TiB");
        }
        return (sizeBytes + Ext4Template.MIB - 1) / Ext4Template.MIB * Ext4Template.MIB;
    }
}
