// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.store.BlobStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Fetches each blob once however many wait for it, and a few blobs at a time. */
public final class Downloads implements AutoCloseable {
    private final BlobStore blobs;
    private final RegistrySettings settings;
    private final Semaphore permits;
    private final Map<Digest, Download> running = new HashMap<>();
    private boolean closed;

    /**
     * @param blobs where blobs go
     * @param settings how many at a time, and how persistent
     */
    public Downloads(BlobStore blobs, RegistrySettings settings) {
        this.blobs = blobs;
        this.settings = settings;
        permits = new Semaphore(settings.concurrentDownloads(), true);
    }

    /**
     * Starts a download, or takes part in one of the same blob that is under way.
     *
     * @param blob which blob
     * @param source where it is
     * @param progress receives what happens, on another thread
     * @return the part, to be closed; empty if the blob is in the store
     */
    public synchronized Optional<Participation> join(
            Descriptor blob, Repository source, Consumer<Progress> progress) {
        if (closed) {
            throw new Unavailable("the image store is being stopped");
        }
        Download download = running.get(blob.digest());
        boolean first = download == null;
        if (download == null) {
            // Looked up here, because a download may have ended since the caller looked.
            if (blobs.has(blob.digest(), blob.size())) {
                return Optional.empty();
            }
            download = new Download(blob, source, blobs, settings, permits);
            running.put(blob.digest(), download);
            download.start(this::ended);
        }
        Participation participation = new Participation(this, download, progress, first);
        download.join(participation);
        return Optional.of(participation);
    }

    /** Stops all downloads. */
    @Override
    public void close() {
        List<Download> all;
        synchronized (this) {
            closed = true;
            all = List.copyOf(running.values());
        }
        all.forEach(Download::stop);
    }

    private synchronized void ended(Download download) {
        running.remove(download.digest(), download);
    }

    /**
     * Ends the download if nobody else takes part; a newcomer then starts another. It has really
     * ended when this returns, so that it puts no blob into the store that nobody holds.
     */
    void leave(Download download, Participation participation) {
        synchronized (this) {
            if (!download.leave(participation)) {
                return;
            }
            running.remove(download.digest(), download);
        }
        download.stop();
    }
}
