// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.runtime.store.AtomicFile;
import io.hypercontainer.runtime.store.Folders;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The installed bundles on disk: a jar each, named by its digest, and one file that says which of
 * them count. Replacing that file is what makes a change happen.
 */
final class DriverStore {
    private static final Logger LOG = LoggerFactory.getLogger(DriverStore.class);
    private static final String RECORD = "drivers.json";
    private static final String JAR = ".jar";

    private final JsonMapper json =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .build();
    private final Path folder;
    private final Path temporary;
    private StoredDrivers drivers = StoredDrivers.NONE;

    /**
     * @param folder where it is kept; made when it is first written to
     */
    DriverStore(Path folder) {
        this.folder = folder;
        this.temporary = folder.resolve("tmp");
    }

    /**
     * Reads what is there, and removes what a crash has left.
     *
     * @throws Unavailable if the record cannot be read; nothing is installed then
     */
    synchronized void load() {
        try {
            Folders.delete(temporary);
            Path record = folder.resolve(RECORD);
            if (!Files.exists(record)) {
                return;
            }
            drivers = read(record);
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith(JAR)
                            && drivers.of(name.substring(0, name.length() - JAR.length()))
                                    .isEmpty()) {
                        Files.delete(file);
                    }
                }
            }
        } catch (IOException e) {
            throw new Unavailable("cannot read the installed drivers in " + folder + ": " + e, e);
        }
    }

    private StoredDrivers read(Path record) throws IOException {
        try {
            StoredDrivers read = json.readValue(Files.readAllBytes(record), StoredDrivers.class);
            if (read.schema() == StoredDrivers.SCHEMA) {
                return read;
            }
            throw new IOException("it was written by another version of the daemon");
        } catch (JacksonException | IOException e) {
            Path aside = folder.resolve(RECORD + ".damaged");
            Files.move(record, aside, StandardCopyOption.REPLACE_EXISTING);
            throw new Unavailable(
                    "the list of installed drivers cannot be read ("
                            + String.valueOf(e.getMessage()).lines().findFirst().orElse("")
                            + ") and is now "
                            + aside
                            + ": install them again",
                    e);
        }
    }

    synchronized StoredDrivers drivers() {
        return drivers;
    }

    Path jar(String sha256) {
        return folder.resolve(sha256 + JAR);
    }

    /**
     * Copies a bundle to this disk, for a closer look.
     *
     * @param name what its user calls it
     * @param content read to its end
     * @param maxBytes the most that is taken
     * @return the bundle; {@link #discard} it unless it is kept
     */
    DriverJar stage(String name, InputStream content, long maxBytes) {
        Path staged = temporary.resolve(UUID.randomUUID() + JAR);
        try {
            Folders.make(temporary);
            return DriverJar.read(name, staged, copy(name, content, staged, maxBytes));
        } catch (IOException e) {
            discard(staged);
            throw new Unavailable("cannot take " + name + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            discard(staged);
            throw e;
        }
    }

    private static String copy(String name, InputStream content, Path to, long maxBytes)
            throws IOException {
        DigestInputStream in = new DigestInputStream(content, sha256());
        try (FileChannel file =
                        FileChannel.open(
                                to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(file)) {
            byte[] buffer = new byte[1 << 16];
            long length = 0;
            for (int n; (n = in.read(buffer)) >= 0; ) {
                length += n;
                if (length > maxBytes) {
                    throw new InvalidSpec(
                            name
                                    + " is larger than "
                                    + (maxBytes >> 20)
                                    + " MiB: raise size.mib of hyper.drivers if it may be");
                }
                out.write(buffer, 0, n);
            }
            file.force(true);
        }
        return HexFormat.of().formatHex(in.getMessageDigest().digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Gives a staged bundle the name under which it can be installed for good. */
    void keep(DriverJar staged) {
        try {
            Files.move(staged.file(), jar(staged.sha256()), StandardCopyOption.REPLACE_EXISTING);
            AtomicFile.forceFolder(folder);
        } catch (IOException e) {
            throw new Unavailable("cannot keep " + staged.name() + " in " + folder + ": " + e, e);
        }
    }

    void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("cannot delete {}: the next start will", file, e);
        }
    }

    /** Makes a change happen, durably. Jars that it leaves behind are deleted. */
    synchronized void commit(StoredDrivers next) {
        try {
            Folders.make(folder);
            AtomicFile.write(folder, RECORD, json.writeValueAsBytes(next), true);
        } catch (IOException e) {
            throw new Unavailable("cannot write " + folder.resolve(RECORD) + ": " + e, e);
        }
        StoredDrivers before = drivers;
        drivers = next;
        before.installed().stream()
                .filter(i -> next.of(i.sha256()).isEmpty())
                .forEach(i -> discard(jar(i.sha256())));
    }
}
