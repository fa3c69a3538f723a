// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Printable;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.BlobWriter;
import io.hypercontainer.image.store.TemporaryBlob;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * The files of an image archive, each in a temporary file of the store. Its order does not matter;
 * its links are resolved among its own files only.
 */
final class SpooledArchive implements AutoCloseable {
    private static final int MAX_ENTRIES = 10_000;
    private static final int MAX_NAME = 1024;
    private static final int MAX_LINKS = 8;
    private static final int BUFFER = 1 << 16;

    private final Map<String, TemporaryBlob> files = new HashMap<>();
    private final Map<String, String> links = new HashMap<>();

    private SpooledArchive() {}

    /**
     * Reads an archive to its end.
     *
     * @param archive a tar archive, compressed or not
     * @param blobs gives the temporary files
     * @param limit the most bytes that it may have uncompressed
     */
    static SpooledArchive read(InputStream archive, BlobStore blobs, long limit) {
        SpooledArchive spooled = new SpooledArchive();
        try {
            InputStream tar =
                    new BoundedInputStream(
                            Decompression.open(archive, "the image archive"),
                            limit,
                            "the image archive");
            spooled.readEntries(new TarReader(tar), blobs);
            tar.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            spooled.close();
            throw new InvalidSpec("cannot read the image archive: " + reason(e), e);
        } catch (HyperException e) {
            spooled.close();
            throw e;
        }
        return spooled;
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void readEntries(TarReader tar, BlobStore blobs) throws IOException {
        int count = 0;
        for (var next = tar.next(); next.isPresent(); next = tar.next()) {
            if (++count > MAX_ENTRIES) {
                throw new InvalidSpec(
                        "the image archive has more than " + MAX_ENTRIES + " entries");
            }
            TarReader.Entry entry = next.get();
            String name = inside("", entry.name(), entry.name());
            switch (entry.kind()) {
                case DIRECTORY -> {}
                case FILE -> addFile(name, spool(tar, blobs));
                case SYMBOLIC_LINK -> addLink(name, inside(parent(name), entry.link(), name));
                case HARD_LINK -> addLink(name, inside("", entry.link(), name));
                case OTHER ->
                        throw new InvalidSpec(
                                "the image archive has a special file: "
                                        + Printable.line(name, 120));
            }
        }
    }

    private static TemporaryBlob spool(TarReader tar, BlobStore blobs) throws IOException {
        byte[] buffer = new byte[BUFFER];
        try (BlobWriter writer = blobs.writer()) {
            for (int n = tar.read(buffer); n >= 0; n = tar.read(buffer)) {
                writer.write(buffer, 0, n);
            }
            return writer.finish();
        }
    }

    /** Tools repeat files now and then; two contents under one name are a trick. */
    private void addFile(String name, TemporaryBlob file) {
        if (links.containsKey(name)) {
            file.close();
            throw twice(name);
        }
        TemporaryBlob before = files.putIfAbsent(name, file);
        if (before != null) {
            file.close();
            if (!before.digest().equals(file.digest())) {
                throw twice(name);
            }
        }
    }

    private void addLink(String name, String target) {
        String before = links.put(name, target);
        if (files.containsKey(name) || (before != null && !before.equals(target))) {
            throw twice(name);
        }
    }

    private static InvalidSpec twice(String name) {
        return new InvalidSpec(
                "the image archive has two different entries named " + Printable.line(name, 120));
    }

    /** Makes a path canonical; one that leads out of the archive is refused. */
    private static String inside(String base, String path, String name) {
        if (path.length() > MAX_NAME || path.startsWith("/")) {
            throw outside(name);
        }
        Deque<String> parts = new ArrayDeque<>();
        for (String part : (base + "/" + path).split("/")) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    throw outside(name);
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    private static InvalidSpec outside(String name) {
        return new InvalidSpec(
                "the image archive has an entry that leads out of it: "
                        + Printable.line(name, 120));
    }

    private static String parent(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('/')));
    }

    /**
     * @param path a path in the archive
     * @return whether there is something
     */
    boolean has(String path) {
        return files.containsKey(path) || links.containsKey(path);
    }

    /**
     * @param path a path in the archive, as its documents have it
     * @return the file, through links
     */
    TemporaryBlob file(String path) {
        String name = inside("", path, path);
        for (int followed = 0; followed <= MAX_LINKS; followed++) {
            TemporaryBlob file = files.get(name);
            if (file != null) {
                return file;
            }
            String target = links.get(name);
            if (target == null) {
                throw new InvalidSpec(
                        "the image archive lacks the file " + Printable.line(path, 120));
            }
            name = target;
        }
        throw new InvalidSpec(
                "the image archive has links that lead in a circle: " + Printable.line(path, 120));
    }

    /**
     * @param digest digest of a blob of an OCI layout
     * @return the blob, verified
     */
    TemporaryBlob blob(Digest digest) {
        TemporaryBlob blob = file("blobs/sha256/" + digest.hex());
        if (!blob.digest().equals(digest)) {
            throw new InvalidSpec(
                    "the image archive has blob " + digest + " with content of " + blob.digest());
        }
        return blob;
    }

    @Override
    public void close() {
        files.values().forEach(TemporaryBlob::close);
    }
}
