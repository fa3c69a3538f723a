// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.function.BiFunction;

/** A folder of records, one JSON file each. A damaged one is set aside; the others go on. */
public final class Records {
    private static final int MAX_BYTES = 1 << 20;

    private final StoreFolder folder;
    private final Path path;

    public Records(StoreFolder folder, String name) {
        this.folder = folder;
        path = folder.folder(name);
    }

    /**
     * Reads all records.
     *
     * @param parser makes a record of a file's content and name
     * @param consumer takes a record and the key it was written under
     */
    public <R> void read(BiFunction<byte[], String, R> parser, Consumer<R> consumer) {
        for (Path file : folder.files(path)) {
            String name = file.getFileName().toString();
            try {
                if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                        || Files.size(file) > MAX_BYTES) {
                    throw new InvalidSpec(name + " is no file of at most " + MAX_BYTES + " bytes");
                }
                consumer.accept(
                        name.replace(StoreFolder.RECORD, ""),
                        parser.apply(Files.readAllBytes(file), name));
            } catch (IOException | HyperException e) {
                folder.setAside(file, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Takes a record. */
    @FunctionalInterface
    public interface Consumer<R> {
        void accept(String key, R value);
    }

    public void write(String key, byte[] json) {
        folder.write(file(key), json);
    }

    void delete(String key) {
        folder.deleteDurably(file(key));
    }

    private Path file(String key) {
        return path.resolve(key + StoreFolder.RECORD);
    }

    public static JsonObject parse(byte[] bytes, String where, int version) {
        JsonObject json = JsonObject.parse(bytes, where);
        long found = json.number("version");
        if (found != version) {
            throw new InvalidSpec(where + " has the unknown version " + found);
        }
        return json;
    }
}
