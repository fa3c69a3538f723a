// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.image.store.ImageRecord.StoredLayer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntFunction;

/**
 * Has an image's layers taken in: side by side where the driver does without an order, else lowest
 * first.
 */
final class LayerIntake {
    /** Each may fill memory with the names of half a million files, and keeps a processor busy. */
    private static final int AT_ONCE = 2;

    private LayerIntake() {}

    /**
     * @param count how many layers there are
     * @param driver who gets them, if there is one
     * @param take takes one in, by its place from the bottom; is interrupted when another has
     *     failed
     * @return the layers, lowest first
     */
    static List<StoredLayer> run(
            int count, Optional<StorageDriver> driver, IntFunction<StoredLayer> take) {
        if (count < 2 || !driver.map(StorageDriver::importsInAnyOrder).orElse(true)) {
            var layers = new ArrayList<StoredLayer>();
            for (int i = 0; i < count; i++) {
                layers.add(take.apply(i));
            }
            return layers;
        }
        // Not virtual threads: these compute, and would keep those of other clients waiting.
        try (var workers =
                Executors.newFixedThreadPool(
                        AT_ONCE, Thread.ofPlatform().daemon().name("layer-", 0).factory())) {
            return sideBySide(count, workers, take);
        }
    }

    private static List<StoredLayer> sideBySide(
            int count, ExecutorService workers, IntFunction<StoredLayer> take) {
        record Placed(int place, StoredLayer layer) {}

        CompletionService<Placed> done = new ExecutorCompletionService<>(workers);
        for (int i = 0; i < count; i++) {
            int place = i;
            done.submit(() -> new Placed(place, take.apply(place)));
        }
        var layers = new ArrayList<StoredLayer>(Collections.nCopies(count, null));
        try {
            for (int i = 0; i < count; i++) {
                var placed = done.take().get();
                layers.set(placed.place(), placed.layer());
            }
            return layers;
        } catch (InterruptedException e) {
            workers.shutdownNow();
            throw new Interrupted("taking in the layers of an image", e);
        } catch (ExecutionException e) {
            workers.shutdownNow();
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        }
    }
}
