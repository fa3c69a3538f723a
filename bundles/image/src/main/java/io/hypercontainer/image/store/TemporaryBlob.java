// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Content that is not, or not yet, a blob of the store; it is deleted when it is closed. */
public final class TemporaryBlob implements AutoCloseable {
    private final StoreFolder folder;
    private final BlobStore blobs;
    private final Path file;
    private final Digest digest;
    private final long size;
    private boolean committed;

    TemporaryBlob(StoreFolder folder, BlobStore blobs, Path file, Digest digest, long size) {
        this.folder = folder;
        this.blobs = blobs;
        this.file = file;
        this.digest = digest;
        this.size = size;
    }

    /** {@return digest of the content} */
    public Digest digest() {
        return digest;
    }

    /** {@return length of the content} */
    public long size() {
        return size;
    }

    /** {@return the content} */
    public synchronized InputStream open() {
        if (committed) {
            return blobs.open(digest);
        }
        try {
            return Files.newInputStream(file);
        } catch (IOException e) {
            throw StoreFolder.failure("read", file, e);
        }
    }

    /**
     * @param max the most bytes wanted
     * @param where what it is, for the message
     * @return the content
     */
    public byte[] read(int max, String where) {
        if (size > max) {
            throw new InvalidSpec(where + " is larger than " + max + " bytes");
        }
        try (InputStream in = open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw StoreFolder.failure("read", file, e);
        }
    }

    /** Makes it a blob of the store, for good; does nothing if it is one. */
    public synchronized void commit() {
        if (committed) {
            return;
        }
        try (RandomAccessFile written = new RandomAccessFile(file.toFile(), "rw")) {
            written.getFD().sync();
        } catch (IOException e) {
            throw StoreFolder.failure("write", file, e);
        }
        folder.publish(file, blobs.path(digest));
        committed = true;
    }

    @Override
    public void close() {
        if (!committed) {
            folder.delete(file);
        }
    }
}
