// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.api.storage.StorageDriver;
import java.util.List;

/** Programs for guests' containers: the image that comes with the distribution, read-only. */
final class BaseImage {
    private static final String CONTAINER = "tck-base";

    private final StorageDriver storage;
    private final Layer layer;

    private BaseImage(StorageDriver storage, Layer layer) {
        this.storage = storage;
        this.layer = layer;
    }

    static BaseImage of(Kit kit) {
        var storage = kit.storage();
        return new BaseImage(storage, Layers.take(storage, Layers.busybox(kit.setup().image())));
    }

    /** {@return its root file system, the same for all containers} */
    Root root() {
        var form = storage.forms().iterator().next();
        return storage.root(CONTAINER)
                .orElseGet(() ->
                        storage.prepareRoot(
                                new RootSpec(CONTAINER, List.of(layer.diffId()), 0, true, form)));
    }
}
