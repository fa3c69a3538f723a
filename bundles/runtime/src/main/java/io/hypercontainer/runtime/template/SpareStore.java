// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.runtime.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/** Folders of spares: one each, until the spare is assigned or ended. */
final class SpareStore {
    /** Begins the ids of spares; no pod's id has such a letter. */
    private static final String MACHINE = "s-";

    private static final int ID_BYTES = 5;
    private static final int MAX_DRIVER = 512;

    private final Path folder;
    private final RandomGenerator random;

    /**
     * @param root the daemon's folder
     */
    SpareStore(Path root, RandomGenerator random) {
        this.folder = root.resolve("spares");
        this.random = random;
    }

    /**
     * A spare's place.
     *
     * @param folder what is its own
     */
    record Place(Path folder) {
        String machine() {
            return folder.getFileName().toString();
        }

        /** {@return the machine's folder} */
        Path directory() {
            return folder.resolve("vm");
        }

        /** {@return the disk that it rehearses with} */
        Path disk() {
            return folder.resolve("disk");
        }

        private Path driver() {
            return folder.resolve("driver");
        }
    }

    /**
     * @param hypervisor reference of the driver that is to end it
     */
    Place begin(String hypervisor) throws IOException {
        byte[] id = new byte[ID_BYTES];
        random.nextBytes(id);
        Place place = new Place(folder.resolve(MACHINE + HexFormat.of().formatHex(id)));
        // Machines have users of their own, which must reach their disks.
        var passable =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx--x--x"));
        Files.createDirectories(folder, passable);
        Files.createDirectory(place.folder(), passable);
        Files.writeString(place.driver(), hypervisor);
        Folders.make(place.directory());
        return place;
    }

    void delete(Place place) throws IOException {
        Folders.delete(place.folder());
    }

    /** {@return the spares of an earlier daemon} */
    List<Place> all() throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.filter(f -> f.getFileName().toString().startsWith(MACHINE))
                    .map(Place::new)
                    .toList();
        }
    }

    /** {@return the driver that knows a spare; empty if there can be no machine yet} */
    String driver(Place place) throws IOException {
        if (!Files.isRegularFile(place.driver()) || Files.size(place.driver()) > MAX_DRIVER) {
            return "";
        }
        return Files.readString(place.driver());
    }
}
