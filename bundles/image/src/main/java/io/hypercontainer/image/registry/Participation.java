// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.image.Progress;
import java.io.InputStream;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One caller's part in a download, which goes on as long as anybody takes part. */
public final class Participation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Participation.class);

    private final Downloads downloads;
    private final Download download;
    private final Consumer<Progress> progress;
    private final boolean first;

    Participation(
            Downloads downloads, Download download, Consumer<Progress> progress, boolean first) {
        this.downloads = downloads;
        this.download = download;
        this.progress = progress;
        this.first = first;
    }

    void tell(Progress event) {
        try {
            progress.accept(event);
        } catch (RuntimeException e) {
            LOG.debug("a listener to {} failed", download.digest(), e);
        }
    }

    /** {@return whether this caller started it, so that it comes from this caller's source} */
    public boolean first() {
        return first;
    }

    /** {@return the blob, as it comes; its end comes when it was verified} */
    public InputStream open() {
        return download.open();
    }

    /** {@return whether the blob is in the store} */
    public boolean isComplete() {
        return download.isComplete();
    }

    /** Waits until the blob is in the store. */
    public void await() {
        download.await();
    }

    @Override
    public void close() {
        downloads.leave(download, this);
    }
}
