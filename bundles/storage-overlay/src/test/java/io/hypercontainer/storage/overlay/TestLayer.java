// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.storage.Layer;
import java.util.List;

/** Layers for tests of what is around them. */
final class TestLayer {
    private TestLayer() {}

    /** A diff id that differs by number. */
    static Layer number(int number) {
        return new Layer("sha256:" + String.format("%064x", number), List.of());
    }
}
