// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.BlobStore;
import io.hypercontainer.image.store.BlobWriter;
import io.hypercontainer.image.store.TemporaryBlob;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * The transfer of one blob into the store, on a thread of its own. A connection that breaks is
 * taken up again where it broke; what came is verified as a whole at the end.
 */
final class Download {
    private static final int BUFFER = 1 << 16;

    private final Descriptor blob;
    private final Repository source;
    private final BlobStore blobs;
    private final RegistrySettings settings;
    private final Semaphore permits;
    private final GrowingBlob growing;
    private final List<Participation> participations = new CopyOnWriteArrayList<>();
    private final LayerProgress progress;
    private final Thread thread;
    private volatile Consumer<Download> ended = download -> {};

    Download(
            Descriptor blob,
            Repository source,
            BlobStore blobs,
            RegistrySettings settings,
            Semaphore permits) {
        this.blob = blob;
        this.source = source;
        this.blobs = blobs;
        this.settings = settings;
        this.permits = permits;
        growing = new GrowingBlob(blobs, blob.digest());
        progress =
                new LayerProgress(
                        blob.digest(), event -> participations.forEach(one -> one.tell(event)));
        thread = Thread.ofVirtual().name("download " + blob.digest().brief()).unstarted(this::run);
    }

    Digest digest() {
        return blob.digest();
    }

    void start(Consumer<Download> whenEnded) {
        ended = whenEnded;
        thread.start();
    }

    void join(Participation participation) {
        participations.add(participation);
    }

    /** {@return whether nobody is left} */
    boolean leave(Participation participation) {
        participations.remove(participation);
        return participations.isEmpty();
    }

    /** Cancels it and waits for its end, which is near; also when the caller is interrupted. */
    void stop() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    InputStream open() {
        return growing.open();
    }

    void await() {
        growing.await();
    }

    boolean isComplete() {
        return growing.isComplete();
    }

    private void run() {
        try {
            permits.acquire();
            try (BlobWriter writer = blobs.writer()) {
                transfer(writer);
            } finally {
                permits.release();
            }
        } catch (HyperException e) {
            growing.fail(e);
        } catch (InterruptedException e) {
            growing.fail(new Unavailable("the download of " + blob.digest() + " was stopped", e));
        } catch (RuntimeException e) {
            growing.fail(new Unavailable("the download of " + blob.digest() + " failed", e));
        } finally {
            ended.accept(this);
        }
    }

    private void transfer(BlobWriter writer) throws InterruptedException {
        growing.begin(writer.file());
        int breaks = 0;
        while (true) {
            try {
                receive(writer);
                break;
            } catch (InterruptedIOException e) {
                throw new InterruptedException("download stopped");
            } catch (IOException e) {
                if (++breaks > settings.resumptions()) {
                    throw Http.unavailable(
                            "cannot fetch blob %s (%d of %d bytes)"
                                    .formatted(blob.digest(), writer.size(), blob.size()),
                            URI.create("//" + source.host()),
                            e);
                }
                pause(settings.pause().multipliedBy(1L << (breaks - 1)));
            }
        }
        progress.status("Verifying Checksum");
        try (TemporaryBlob received = writer.finish()) {
            if (!received.digest().equals(blob.digest())) {
                throw new InvalidSpec(
                        "blob %s from %s was damaged on the way: its digest is %s"
                                .formatted(blob.digest(), source.host(), received.digest()));
            }
            received.commit();
            progress.status("Download complete");
            growing.complete();
        }
    }

    private void pause(Duration pause) throws InterruptedException {
        progress.status("Retrying in " + Math.max(1, pause.toSeconds()) + " seconds");
        Thread.sleep(pause);
    }

    private void receive(BlobWriter writer) throws IOException {
        try (Repository.Part part = source.open(blob, writer.size())) {
            // A registry that cannot begin in the middle repeats what is here already.
            part.body().skipNBytes(writer.size() - part.offset());
            byte[] buffer = new byte[BUFFER];
            for (int n = part.body().read(buffer); n >= 0; n = part.body().read(buffer)) {
                if (writer.size() + n > blob.size()) {
                    throw new InvalidSpec(
                            "blob %s from %s is longer than the %d bytes in its manifest"
                                    .formatted(blob.digest(), source.host(), blob.size()));
                }
                writer.write(buffer, 0, n);
                growing.grow(writer.size());
                progress.advance("Downloading", writer.size(), blob.size());
            }
            if (writer.size() < blob.size()) {
                throw new IOException("the connection ended early");
            }
        }
    }
}
