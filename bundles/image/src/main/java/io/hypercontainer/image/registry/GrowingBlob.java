// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.BlobStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A blob that can be read while it is being received. Its readers meet its end only when it was
 * verified.
 */
final class GrowingBlob {
    private final BlobStore blobs;
    private final Digest digest;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable Path file;
    private long size;
    private boolean complete;
    private @Nullable HyperException failure;

    GrowingBlob(BlobStore blobs, Digest digest) {
        this.blobs = blobs;
        this.digest = digest;
    }

    void begin(Path growing) {
        change(() -> file = growing);
    }

    void grow(long newSize) {
        change(() -> size = newSize);
    }

    void complete() {
        change(() -> complete = true);
    }

    void fail(HyperException e) {
        change(() -> failure = e);
    }

    boolean isComplete() {
        lock.lock();
        try {
            return complete;
        } finally {
            lock.unlock();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all of it is here. */
    void await() {
        awaitMoreThan(Long.MAX_VALUE - 1);
    }

    /** {@return how many bytes are here: more than the given number unless it is complete} */
    private long awaitMoreThan(long known) {
        lock.lock();
        try {
            while (failure == null && !complete && (size <= known || file == null)) {
                changed.await();
            }
            if (failure != null) {
                throw failure;
            }
            return size;
        } catch (InterruptedException e) {
            throw new Interrupted("waiting for blob " + digest, e);
        } finally {
            lock.unlock();
        }
    }

    InputStream open() {
        return new Reader();
    }

    /** It has its temporary name until it is a blob of the store, or was given up. */
    private InputStream openFile(Path growing) throws IOException {
        try {
            return Files.newInputStream(growing);
        } catch (NoSuchFileException e) {
            await();
            return blobs.open(digest);
        }
    }

    private final class Reader extends InputStream {
        private @Nullable InputStream in;
        private long position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            long here = awaitMoreThan(position);
            if (here <= position) {
                return -1;
            }
            if (in == null) {
                in = openFile(Objects.requireNonNull(file));
            }
            int n = in.read(buffer, offset, (int) Math.min(length, here - position));
            position += Math.max(0, n);
            return n;
        }

        @Override
        public void close() throws IOException {
            if (in != null) {
                in.close();
            }
        }
    }
}
