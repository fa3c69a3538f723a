// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

/** A layer's tar is damaged, hostile or beyond a limit; the message says what and where. */
final class MalformedLayer extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedLayer(String message) {
        super(message);
    }
}
