// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.FileSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * Files that are to be put into containers, beside their records: {@code
 * <root>/containers/<id>/files.json}. They are not in the records, which are written again and
 * again.
 */
public final class FileShelf {
    private static final String NAME = "files.json";

    /** What the largest files take in base64, and more. */
    private static final long LARGEST = 64L << 20;

    /** What is in the file. */
    private record Contents(List<FileSpec> files) {}

    private final ContainerStore store;
    private final Records records = new Records();

    /**
     * @param store knows the containers' folders
     */
    public FileShelf(ContainerStore store) {
        this.store = store;
    }

    /**
     * Keeps a container's files; they are on disk when this returns, and go with its record.
     *
     * @param id the container's id
     * @param files its files
     */
    public void save(String id, List<FileSpec> files) {
        if (files.isEmpty()) {
            return;
        }
        try {
            AtomicFile.write(store.folder(id), NAME, records.write(new Contents(files)), true);
        } catch (IOException e) {
            throw store.failed("write the files of", id, e);
        }
    }

    /**
     * @param id a container's id
     * @return its files, if there are any
     */
    public List<FileSpec> load(String id) {
        Path file = store.folder(id).resolve(NAME);
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            if (Files.size(file) > LARGEST) {
                throw new IOException(file + " has more than " + LARGEST + " bytes");
            }
            return records.read(Files.readAllBytes(file), Contents.class).files();
        } catch (IOException e) {
            throw store.failed("read the files of", id, e);
        } catch (JacksonException e) {
            throw new Unavailable(file + " is damaged: remove the container", e);
        }
    }
}
