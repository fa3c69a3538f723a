// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.VmState;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A guest that writes to a full disk waits for room, and never learns of it. */
class FullDiskTest extends LiveTest {
    private static final long MIB = 1 << 20;

    @Test
    void aGuestGoesOnWhenThereIsRoomAgain() throws Exception {
        if (!Host.isRoot()) {
            return; // only root can make a small disk
        }
        var small = Files.createDirectory(root.resolve("small"));
        Host.run("/usr/bin/mount", "-t", "tmpfs", "-o", "size=1m,mode=711", "none", "" + small);
        try {
            var file = small.resolve("disk");
            try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
                disk.setLength(8 * MIB);
            }
            var data = new Disk("data", List.of(new Extent(file, 0, 8 * MIB)), false);
            var first = launch(spec("one", List.of(data), List.of(), List.of()));
            try (var shell = GuestShell.of(first)) {
                assertThat(shell.run("echo up")).isEqualTo("up|");
                assertThat(waiting()).isEmpty();

                shell.send(
                        "dd if=/dev/urandom of=/random bs=64k count=64 2>/dev/null;"
                                + " dd if=/random of=$(disk data) bs=64k conv=fsync 2>/dev/null;"
                                + " echo $?");
                await(() -> !waiting().isEmpty());

                assertThat(first.state()).isEqualTo(VmState.RUNNING);
                assertThat(waiting()).singleElement().asString().contains("disk", "full");

                // The next driver waits with it.
                driver.deactivate();
                driver = new QemuHypervisor(Configuration.tcg(), root);
                var adopted = ends(driver.adopt(first.record()).orElseThrow());
                await(() -> !waiting().isEmpty());
                Host.run("/usr/bin/mount", "-o", "remount,size=16m", small.toString());

                assertThat(shell.answer()).as("exit code of the writer").isEqualTo("0|");
                assertThat(shell.run("cmp -n 4194304 /random $(disk data) && echo same"))
                        .isEqualTo("same|");
                await(() -> waiting().isEmpty());
                assertThat(adopted.state()).isEqualTo(VmState.RUNNING);
                adopted.kill();
            }
        } finally {
            driver.census().stream()
                    .filter(Holding.Owned.class::isInstance)
                    .filter(h -> h.kind().equals("process"))
                    .forEach(driver::dispose);
            Host.run("/usr/bin/umount", small.toString());
        }
    }

    private List<Holding> waiting() {
        return driver.census().stream().filter(Holding.Wrong.class::isInstance).toList();
    }
}
