// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What stands behind a disk: one extent as it is, or a VMDK descriptor that joins several (VMware's
 * "Virtual Disk Format 1.1"; QEMU reads it, block/vmdk.c).
 */
final class DiskFiles {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int SECTOR = 512;
    private static final int MAX_EXTENTS = 1024;

    /**
     * Size of the disks of a template. Its guest reads it once; as long as it is not less than that
     * of the disk which comes in its place, the file system's own size is what counts.
     */
    private static final long STAND_IN = 16L << 40;

    private DiskFiles() {}

    static void check(Disk disk) {
        Machine.checkName("disk", disk.id());
        if (disk.extents().isEmpty() || disk.extents().size() > MAX_EXTENTS) {
            throw new InvalidSpec(
                    "disk %s has %d extents, not 1 to %d"
                            .formatted(disk.id(), disk.extents().size(), MAX_EXTENTS));
        }
        if (disk.extents().size() > 1 && !disk.readOnly()) {
            throw new InvalidSpec(
                    "disk " + disk.id() + " joins several extents, so it can only be read-only");
        }
        for (var extent : disk.extents()) {
            if (!extent.file().isAbsolute()
                    || extent.offset() < 0
                    || extent.length() <= 0
                    || extent.offset() % SECTOR != 0
                    || extent.length() % SECTOR != 0) {
                throw new InvalidSpec(
                        "disk %s: extent %s is not an absolute path with whole sectors of 512 bytes"
                                .formatted(disk.id(), extent));
            }
            if (!Files.exists(extent.file()) || Files.isDirectory(extent.file())) {
                throw new InvalidSpec(
                        "disk %s: %s is no file or device".formatted(disk.id(), extent.file()));
            }
        }
    }

    /** Writes the descriptor if the disk needs one. */
    static void prepare(Disk disk, MachineFolder folder) {
        if (disk.extents().size() <= 1) {
            return;
        }
        try {
            var text =
                    new StringBuilder(
                            """
                            # Disk DescriptorFile
                            version=1
                            CID=fffffffe
                            parentCID=ffffffff
                            createType="twoGbMaxExtentFlat"

                            # Extent description
                            """);
            for (var i = 0; i < disk.extents().size(); i++) {
                var extent = disk.extents().get(i);
                var link = folder.extent(disk.id(), i);
                Files.createSymbolicLink(link, extent.file());
                text.append(
                        "RW %d FLAT \"%s\" %d\n"
                                .formatted(
                                        extent.length() / SECTOR,
                                        link.getFileName(),
                                        extent.offset() / SECTOR));
            }
            Files.writeString(folder.descriptor(disk.id()), text);
        } catch (IOException e) {
            remove(disk.id(), folder);
            throw new DriverFailure("cannot describe disk " + disk.id() + ": " + e.getMessage(), e);
        }
    }

    static void remove(String disk, MachineFolder folder) {
        try {
            Files.deleteIfExists(folder.descriptor(disk));
            for (var i = 0; Files.deleteIfExists(folder.extent(disk, i)); i++) {}
        } catch (IOException e) {
            throw new DriverFailure(
                    "cannot remove files of disk " + disk + ": " + e.getMessage(), e);
        }
    }

    /** {@return the block node for {@code -blockdev} and {@code blockdev-add}} */
    static ObjectNode node(Disk disk, MachineFolder folder) {
        var name = Devices.diskId(disk.id());
        if (disk.extents().isEmpty()) {
            return nothing(name, disk.readOnly());
        }
        var node = JSON.createObjectNode().put("node-name", name).put("read-only", disk.readOnly());
        if (disk.extents().size() > 1) {
            // QEMU works in the folder; the folders above it may be closed to its user.
            node.put("driver", "vmdk")
                    .set("file", file("file", folder.descriptor(disk.id()).getFileName(), true));
        } else {
            Extent extent = disk.extents().getFirst();
            node.put("driver", "raw")
                    .put("offset", extent.offset())
                    .put("size", extent.length())
                    .set("file", file(protocol(extent.file()), extent.file(), disk.readOnly()));
            if (!disk.readOnly()) {
                // What the guest frees, the sparse file gives back to the host.
                node.put("discard", "unmap").put("detect-zeroes", "unmap");
            }
        }
        return node;
    }

    /** {@return a node that always reads as zeros} */
    static ObjectNode nothing(String name, boolean readOnly) {
        return JSON.createObjectNode()
                .put("node-name", name)
                .put("read-only", readOnly)
                .put("driver", "null-co")
                .put("size", STAND_IN)
                .put("read-zeroes", true);
    }

    private static String protocol(Path path) {
        return Files.isRegularFile(path) ? "file" : "host_device";
    }

    private static ObjectNode file(String protocol, Path path, boolean readOnly) {
        var node =
                JSON.createObjectNode()
                        .put("driver", protocol)
                        .put("filename", path.toString())
                        .put("read-only", readOnly)
                        .put("aio", "threads");
        return readOnly ? node : node.put("discard", "unmap");
    }
}
