// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.Work;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The files below the driver's folder. */
final class DriverFiles {
    private DriverFiles() {}

    /**
     * No file is there that was not there before; what goes on in the background may take a while.
     */
    static void noMore(Kit kit, Set<String> before) {
        Await.untilSoon(
                () -> "new files of the driver: " + more(kit, before),
                () -> more(kit, before).isEmpty());
    }

    private static Set<String> more(Kit kit, Set<String> before) {
        var more = new TreeSet<>(files(kit));
        more.removeAll(before);
        return more;
    }

    /** {@return the files that are there when the driver has done what it does once} */
    static Set<String> before(Kit kit) {
        var layer = Work.layer("first");
        try {
            kit.storage().removeLayer(Layers.take(kit.storage(), layer));
            kit.storage().createVolume(new VolumeSpec("first", 64L << 20, Map.of()));
            kit.storage().removeVolume("first");
        } catch (Unavailable e) {
            // The disk is too small even for that.
        }
        return files(kit);
    }

    private static Set<String> files(Kit kit) {
        return Folders.list(kit.home(), _ -> true);
    }
}
