// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import java.nio.file.Path;

/** What thin devices are for. */
enum Kind {
    IMAGE,
    ROOT,
    VOLUME;

    Path folder(Home home) {
        return switch (this) {
            case IMAGE -> home.images();
            case ROOT -> home.roots();
            case VOLUME -> home.volumes();
        };
    }

    Path file(Home home, String name) {
        return folder(home).resolve(name + Records.SUFFIX);
    }
}
