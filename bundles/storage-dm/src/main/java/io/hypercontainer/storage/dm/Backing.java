// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.linux.Allocation;
import io.hypercontainer.linux.CallFailed;
import io.hypercontainer.linux.LoopDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * What a pool lies on: files of the driver's, through loop devices, or block devices of the user's.
 * Files have all their space from the start: a full host disk stops growth, never a write.
 */
final class Backing {
    private final Home home;
    private final Optional<Settings.Devices> devices;

    Backing(Home home, Optional<Settings.Devices> devices) {
        this.home = home;
        this.devices = devices;
    }

    boolean isFiles() {
        return devices.isEmpty();
    }

    /** Makes the files of a new pool; space is taken first, so that a full disk leaves none. */
    void make(long data, long metadata) throws IOException {
        if (isFiles()) {
            make(home.metadataFile(), metadata);
            make(home.dataFile(), data);
        }
    }

    /** One that a crash has left without its space gets it now. */
    private static void make(Path file, long length) throws IOException {
        if (!Files.exists(file)) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        try {
            allocate(file, Math.max(length, Files.size(file)));
        } catch (IOException | RuntimeException e) {
            Files.delete(file);
            throw e;
        }
    }

    private static void allocate(Path file, long length) throws IOException {
        try {
            Allocation.upTo(file, length);
        } catch (CallFailed e) {
            if (e.errno() == CallFailed.ENOSPC) {
                throw new Unavailable(
                        "the disk under "
                                + file
                                + " is full: "
                                + (length >> 20)
                                + " MiB are wanted; remove unused images, containers or volumes,"
                                + " or make room",
                        e);
            }
            throw e;
        }
    }

    /** {@return whether everything that was made is still there} */
    boolean isThere() {
        return Files.exists(devices.map(d -> Path.of(d.data())).orElse(home.dataFile()))
                && Files.exists(metadataFile());
    }

    String missing() {
        return devices.map(d -> d.data() + " or " + d.metadata())
                .orElse(home.dataFile() + " or " + home.metadataFile());
    }

    Path data() throws IOException {
        return devices.isPresent() ? real(devices.get().data()) : loop(home.dataFile());
    }

    Path metadata() throws IOException {
        return devices.isPresent() ? real(devices.get().metadata()) : loop(home.metadataFile());
    }

    /** What the pool's metadata are in. */
    Path metadataFile() {
        return devices.map(d -> Path.of(d.metadata())).orElse(home.metadataFile());
    }

    private static Path real(String device) throws IOException {
        return Path.of(device).toRealPath();
    }

    /** The loop device that an earlier daemon has made, or a new one. */
    private static Path loop(Path file) throws IOException {
        Path real = file.toRealPath();
        Optional<Path> present = LoopDevices.of(real);
        return present.isPresent() ? present.get() : LoopDevices.attach(real);
    }

    static long length(Path device) throws IOException {
        Path size = Path.of("/sys/class/block", device.getFileName().toString(), "size");
        return Long.parseLong(Files.readString(size).strip()) * 512;
    }

    void growData(long length) throws IOException {
        grow(home.dataFile(), length);
    }

    void growMetadata() throws IOException {
        grow(home.metadataFile(), Files.size(home.metadataFile()) * 2);
    }

    private static void grow(Path file, long length) throws IOException {
        allocate(file, length);
        LoopDevices.resize(loop(file));
    }

    /** Gives loop devices back; the files stay. */
    void detach() throws IOException {
        if (isFiles()) {
            for (Path file : new Path[] {home.dataFile(), home.metadataFile()}) {
                for (LoopDevices.Loop loop : LoopDevices.all()) {
                    if (loop.file().equals(file.toAbsolutePath().toString())) {
                        LoopDevices.detach(loop.device());
                    }
                }
            }
        }
    }
}
