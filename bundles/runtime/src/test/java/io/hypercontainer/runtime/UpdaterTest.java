// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.runtime.local.LocalFiles;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class UpdaterTest extends LocalDaemonTest {
    private static final long MIB = 1 << 20;
    private final LocalFiles guests = new LocalFiles();

    @BeforeEach
    void giveGuestsLimits() {
        daemon.host.connections = guests::on;
    }

    private Container update(String name, long mib, double cpus, int pids) {
        return daemon.containers()
                .update(
                        name,
                        new ContainerUpdate(
                                mib < 0 ? Optional.empty() : Optional.of(mib * MIB),
                                cpus < 0 ? Optional.empty() : Optional.of(cpus),
                                pids < 0 ? Optional.empty() : Optional.of(pids),
                                Optional.empty()));
    }

    @Test
    void aContainerThatDoesNotRunGetsAnotherMachine() throws Exception {
        String id = create(Specs.command("sleep", "1000"));
        Container updated = update(id, 512, 0.5, 100);
        assertThat(updated.machine().memoryBytes()).isEqualTo(512 * MIB);
        assertThat(updated.machine().cpus()).isEqualTo(0.5);
        assertThat(updated.limits()).isEqualTo(new Limits(0, 0, 100));
        assertThat(guests.limits).isEmpty();

        daemon.containers().start(id);
        assertThat(daemon.host.guest(id).machine().memoryBytes()).isEqualTo(512 * MIB);
        assertThat(daemon.host.guest(id).container().limits().milliCpus()).isEqualTo(500);
        assertThat(daemon.host.guest(id).container().limits().pids()).isEqualTo(100);
    }

    @Test
    void aMachineCanBeAsLargeAsTheHostBelowThisKernel() throws Exception {
        daemon.host.size = Optional.of(new HostSize(1L << 50, 4096));
        String id = create(Specs.command("true"));
        Container updated = update(id, 1L << 30, 4096, -1);
        assertThat(updated.machine().memoryBytes()).isEqualTo(1L << 50);
        assertThat(updated.machine().cpus()).isEqualTo(4096);
        assertThat(daemon.runtime().info().cpus()).isEqualTo(4096);
        assertThat(daemon.runtime().info().memoryBytes()).isEqualTo(1L << 50);

        assertThatThrownBy(() -> update(id, (1L << 30) + 1, -1, -1))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("host has (1073741824 MiB)");
        assertThatThrownBy(() -> update(id, -1, 4097, -1))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("host has (4096)");
    }

    @Test
    void aRunningOneGetsLessOfAMachineThatCannotBeResized() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        Container updated = update(id, 200, -1, 50);
        assertThat(updated.machine().memoryBytes()).isEqualTo(256 * MIB);
        assertThat(updated.limits()).isEqualTo(new Limits(200 * MIB, 0, 50));
        update(id, -1, 0.5, -1);
        assertThat(guests.limits).containsExactly(200 * MIB + " 0 50", 200 * MIB + " 500 50");

        assertThatThrownBy(() -> update(id, 1024, -1, -1))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("resize-memory")
                .hasMessageContaining("stop it first");
        assertThat(get(id).limits().memoryBytes()).isEqualTo(200 * MIB);

        daemon.containers().stop(id, Optional.of(java.time.Duration.ZERO));
        assertThat(update(id, 300, -1, -1).limits()).isEqualTo(new Limits(0, 0, 50));
        assertThat(get(id).machine().memoryBytes()).isEqualTo(300 * MIB);
    }

    @Test
    void cpusThatAMachineDoesNotGiveBackAreLeftIdle() throws Exception {
        daemon.host.resizes = true;
        String id = run(Specs.command("sleep", "1000"));
        Container grown = update(id, 300, 2, -1);
        assertThat(grown.machine().cpus()).isEqualTo(2);
        assertThat(grown.limits()).isEqualTo(Limits.NONE);
        assertThat(daemon.host.guest(id).memoryBytes).isEqualTo(300 * MIB);

        Container shrunk = update(id, 200, 1, -1);
        assertThat(shrunk.machine().cpus()).isEqualTo(2);
        assertThat(shrunk.machine().memoryBytes()).isEqualTo(200 * MIB);
        assertThat(shrunk.limits()).isEqualTo(new Limits(0, 1, 0));
        assertThat(guests.limits).containsExactly("0 0 0", "0 1000 0");
        assertThat(daemon.host.guest(id).memoryBytes).isEqualTo(200 * MIB);

        daemon.containers().stop(id, Optional.of(java.time.Duration.ZERO));
        Container smaller = update(id, -1, 1, -1);
        assertThat(smaller.machine().cpus()).isEqualTo(1);
        assertThat(smaller.limits()).isEqualTo(Limits.NONE);
    }

    @Test
    void whatTheGuestRefusesIsNotWrittenDown() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        guests.failure = new DriverFailure("no");
        assertThatThrownBy(() -> update(id, -1, -1, 50)).isInstanceOf(DriverFailure.class);
        assertThat(get(id).limits()).isEqualTo(Limits.NONE);
        guests.failure = null;
        daemon.stop();
        daemon.start();
        assertThat(get(id).limits()).isEqualTo(Limits.NONE);
    }

    @Test
    void theNextDaemonTellsTheGuestWhatWasWrittenDown() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        update(id, -1, -1, 50);
        guests.limits.clear();
        daemon.stop();
        daemon.start();
        daemon.plug();
        daemon.containers().stats(id);
        assertThat(guests.limits).containsExactly("0 0 50");
        assertThat(get(id).limits()).isEqualTo(new Limits(0, 0, 50));
    }

    @Test
    void inAPodItIsTheShareOfItsMachine() throws Exception {
        daemon.runtime()
                .pods()
                .create(
                        new PodSpec(
                                Optional.of("pod"),
                                Optional.empty(),
                                Map.of(),
                                MachineSpec.DEFAULT,
                                List.of(),
                                Dns.OF_NETWORK,
                                List.of(),
                                List.of(
                                        ContainerSpec.of("host")
                                                .name("one")
                                                .command(List.of("sleep", "1000"))
                                                .build())));
        daemon.runtime().pods().start("pod");
        assertThat(update("one", 64, 0.25, -1).limits()).isEqualTo(new Limits(64 * MIB, 0.25, 0));
        assertThat(guests.limits).containsExactly(64 * MIB + " 250 0");
        assertThat(update("one", 0, 0, 0).limits()).isEqualTo(Limits.NONE);
        assertThatThrownBy(() -> update("one", 1024, -1, -1))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("more than the machine has");
        assertThatThrownBy(() -> update("one", 2, -1, -1))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("too little");
        assertThatThrownBy(() -> update("one", -1, 2, -1))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("more than the machine has");
    }

    @Test
    void whoIsHaltedIsNotChanged() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.containers().pause(id);
        assertThatThrownBy(() -> update(id, -1, -1, 50))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("paused");
        assertThat(get(id).limits()).isEqualTo(Limits.NONE);
        daemon.containers().unpause(id);
    }

    @Test
    void limitsOfANewContainerFitItsMachine() {
        assertThatThrownBy(() ->
                        daemon.containers()
                                .create(
                                        ContainerSpec.of("host")
                                                .command(List.of("true"))
                                                .limits(new Limits(1 << 30, 0, 0))
                                                .build()))
                .isInstanceOf(InvalidSpec.class);
        assertThat(daemon.containers().list()).isEmpty();
        assertThat(root.resolve("pods")).isEmptyDirectory();
    }
}
