// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
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

    static Set<String> files(Kit kit) {
        return Folders.list(kit.home(), _ -> true);
    }
}
