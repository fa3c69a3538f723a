// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.store;

import io.hypercontainer.image.spec.Digest;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.MessageDigest;

/** Writes a temporary file that may become a blob, and computes its digest meanwhile. */
public final class BlobWriter extends OutputStream {
    private final StoreFolder folder;
    private final BlobStore blobs;
    private final Path file;
    private final FileOutputStream out;
    private final MessageDigest hash = Digest.sha256();
    private long size;
    private boolean finished;

    BlobWriter(StoreFolder folder, BlobStore blobs) {
        this.folder = folder;
        this.blobs = blobs;
        file = folder.newTemporaryFile();
        try {
            out = new FileOutputStream(file.toFile());
        } catch (IOException e) {
            throw StoreFolder.failure("write", file, e);
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw StoreFolder.failure("write", file, e);
        }
        hash.update(bytes, offset, length);
        size += length;
    }

    /** {@return bytes written so far} */
    public long size() {
        return size;
    }

    /** {@return the file that grows} */
    public Path file() {
        return file;
    }

    /** {@return what was written; the writer is of no use after that} */
    public TemporaryBlob finish() {
        finished = true;
        close();
        return new TemporaryBlob(folder, blobs, file, Digest.ofHash(hash.digest()), size);
    }

    /** Ends the writing; deletes the file unless it was finished. */
    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw StoreFolder.failure("write", file, e);
        } finally {
            if (!finished) {
                folder.delete(file);
            }
        }
    }
}
