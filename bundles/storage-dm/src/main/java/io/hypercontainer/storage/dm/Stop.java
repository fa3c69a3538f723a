// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.Unavailable;

/** Says that the driver shall come to an end. */
final class Stop {
    private volatile boolean asked;

    void ask() {
        asked = true;
    }

    boolean isAsked() {
        return asked;
    }

    /** To be called where work can be given up. */
    void check() {
        if (asked) {
            throw new Unavailable("storage driver dm has just been stopped or replaced: try again");
        }
    }
}
