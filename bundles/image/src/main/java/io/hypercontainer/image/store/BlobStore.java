// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.image.spec.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.stream.Stream;

/** Content by digest, laid out as in the OCI image layout. What is in it was verified. */
public final class BlobStore {
    private static final int BUFFER = 1 << 16;

    private final StoreFolder folder;
    private final Path blobs;

    /**
     * @param folder where to keep it
     * @param root path of that folder
     */
    public BlobStore(StoreFolder folder, Path root) {
        this.folder = folder;
        blobs = folder.folder("blobs/sha256");
        for (Path file : folder.files(blobs)) {
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                folder.setAside(file, "it is no file");
            }
        }
        Path layout = root.resolve("oci-layout");
        if (!Files.exists(layout)) {
            folder.write(
                    layout,
                    "{\"imageLayoutVersion\":\"1.0.0\"}\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    /**
     * @param digest a digest
     * @return the file that has or would have that content
     */
    Path path(Digest digest) {
        return blobs.resolve(digest.hex());
    }

    /**
     * @param digest a digest
     * @param size the content's length
     * @return whether it is here
     */
    public boolean has(Digest digest, long size) {
        try {
            return Files.size(path(digest)) == size;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * @param image an image
     * @return whether all that it is made of is here
     */
    public boolean hasAll(Catalog.Stored image) {
        return Files.exists(path(image.id()))
                && Files.exists(path(image.record().manifest()))
                && image.record().layers().stream()
                        .allMatch(layer -> has(layer.blob(), layer.blobSize()));
    }

    /**
     * Reads a small blob and verifies it.
     *
     * @param digest a digest
     * @param max the most bytes wanted
     * @return its content
     */
    public byte[] read(Digest digest, int max) {
        byte[] content;
        try (InputStream in = open(digest)) {
            content = in.readNBytes(max + 1);
        } catch (IOException e) {
            throw StoreFolder.failure("read", path(digest), e);
        }
        if (content.length > max || !Digest.of(content).equals(digest)) {
            folder.setAside(path(digest), "its content has another digest");
            throw new Unavailable(
                    "image store: blob " + digest + " was damaged; pull or load its image again");
        }
        return content;
    }

    /**
     * Opens a blob. The reader verifies what it reads, as layers are by their diff id.
     *
     * @param digest a digest
     * @return its content
     */
    public InputStream open(Digest digest) {
        try {
            return Files.newInputStream(path(digest));
        } catch (NoSuchFileException e) {
            throw new NotFound(
                    "image store: blob " + digest + " is missing; pull or load its image again");
        } catch (IOException e) {
            throw StoreFolder.failure("read", path(digest), e);
        }
    }

    /**
     * Reads a blob through and sets it aside if it is damaged.
     *
     * @param digest a digest
     * @return whether it is here and what it should be
     */
    public boolean verify(Digest digest) {
        MessageDigest hash = Digest.sha256();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(path(digest))) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
            }
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw StoreFolder.failure("read", path(digest), e);
        }
        if (Digest.ofHash(hash.digest()).equals(digest)) {
            return true;
        }
        folder.setAside(path(digest), "its content has another digest");
        return false;
    }

    /**
     * @param content a small blob
     * @return its digest
     */
    public Digest write(byte[] content) {
        Digest digest = Digest.of(content);
        if (!has(digest, content.length)) {
            folder.write(path(digest), content);
        }
        return digest;
    }

    /** {@return a writer for a new blob} */
    public BlobWriter writer() {
        return new BlobWriter(folder, this);
    }

    /** {@return digests of all blobs} */
    Stream<Digest> all() {
        return folder.files(blobs).stream()
                .map(file -> Digest.find("sha256:" + file.getFileName()))
                .flatMap(Optional::stream);
    }

    void delete(Digest digest) {
        folder.delete(path(digest));
    }
}
