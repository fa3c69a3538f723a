// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.driver;

import static io.hypercontainer.tck.kit.Expect.none;

import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Census;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Kit;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Comes last: all that was made has been ended and removed. */
@Contract
@DisplayName("Leaks")
public final class Leaks {
    /** Of the kit's and of the distribution's drivers. */
    private static final Set<String> OTHERS = Set.of("cache", "files", "vms", "overlay", "qemu");

    @Test
    @DisplayName("No process, mount, loop device or network interface is left on the host")
    void host(Kit kit) {
        // What serves the driver itself may stay as long as the daemon.
        kit.restart(() -> {
            // A process that has just been killed may still be listed.
            Await.until(
                    "the end of all processes; there are "
                            + Census.take(kit.root()).since(kit.before()),
                    () ->
                            Census.take(kit.root()).since(kit.before()).stream()
                                    .noneMatch(l -> l.startsWith("process")));

            none("left", Census.take(kit.root()).since(kit.before()));
        });
    }

    @Test
    @DisplayName("A driver keeps all that it owns below <root>/<driver name>, nowhere else")
    void files(Kit kit) {
        var own = kit.home();
        var strange =
                Folders.list(
                        kit.root(), f -> !OTHERS.contains(first(kit, f)) && !f.startsWith(own));

        none("files elsewhere in the state folder", strange);
        none(
                "files with names of this state folder",
                Census.filesNamed(kit.root().getFileName().toString())
                        .filter(f -> !f.equals(kit.root().toString()))
                        .toList());
    }

    private static String first(Kit kit, Path file) {
        return kit.root().relativize(file).getName(0).toString();
    }

    @Test
    @DisplayName("After the end the machine's folder is the runtime's: nothing is made in it again")
    void folders(Kit kit) {
        none("folders of machines", Folders.list(kit.root().resolve("vms"), _ -> true));
    }

    @Test
    @DisplayName("census: what no owner has any more is not listed")
    void census(Kit kit) {
        var known = List.of("tck-base");
        none(
                "it lists",
                kit.driver().census().stream()
                        .filter(h ->
                                !(h instanceof io.hypercontainer.api.driver.Holding.Owned owned
                                        && known.contains(owned.owner())))
                        .toList());
    }
}
