// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundsTest {
    private static final Set<Capability> JOINS = Set.of(Capability.JOINED_DISK);

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.write(folder.resolve("file"), new byte[4096]);
    }

    @Test
    void a_guest_has_the_memory_that_its_disks_take() {
        assertThatCode(() -> Bounds.check(machine(89, 512), JOINS)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Bounds.check(machine(90, 512), JOINS))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("needs 514 MiB, and it has 512 MiB")
                .hasMessageContaining("dm-mod");
        assertThatThrownBy(() -> Bounds.check(machine(101, 4096), JOINS))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("101 of kind disk")
                .hasMessageContaining("more than 100");
    }

    @Test
    void parts_are_joined_where_device_mapper_is() {
        var half = new Disk("half", List.of(new Extent(file, 2048, 2048)), true);

        assertThatCode(() -> Bounds.check(half, JOINS)).doesNotThrowAnyException();
        assertThatThrownBy(() -> Bounds.check(half, Set.of())).isInstanceOf(Unsupported.class);
        var odd = new Disk("odd", List.of(new Extent(file, 100, 512)), true);
        assertThatThrownBy(() -> Bounds.check(odd, JOINS))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("512 bytes from 100 on");
    }

    private VmSpec machine(int disks, long mebibytes) {
        return new VmSpec(
                "box",
                folder,
                1,
                mebibytes << 20,
                new Boot(file, file, List.of()),
                IntStream.range(0, disks)
                        .mapToObj(i -> new Disk("d" + i, List.of(new Extent(file, 0, 4096)), true))
                        .toList(),
                List.of(),
                List.of(),
                false);
    }
}
