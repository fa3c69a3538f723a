// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.image.Progress;
import io.hypercontainer.image.spec.Digest;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Tells what happens to a layer, in docker's words and no more than ten times a second. */
public final class LayerProgress {
    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Digest blob;
    private final Consumer<Progress> listener;
    private long next;

    /**
     * @param blob the layer's blob
     * @param listener who is told
     */
    public LayerProgress(Digest blob, Consumer<Progress> listener) {
        this.blob = blob;
        this.listener = listener;
        next = System.nanoTime();
    }

    /**
     * @param status a new status
     */
    public void status(String status) {
        listener.accept(new Progress(blob.brief(), status, 0, 0));
    }

    /**
     * Tells how far it is, unless it did so just now.
     *
     * @param status what is being done
     * @param current bytes done
     * @param total bytes to do
     */
    public synchronized void advance(String status, long current, long total) {
        long now = System.nanoTime();
        if (now - next >= 0 || current == total) {
            next = now + PAUSE;
            listener.accept(new Progress(blob.brief(), status, current, total));
        }
    }
}
