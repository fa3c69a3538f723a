// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.runtime.local.LocalFiles;
import java.io.ByteArrayInputStream;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Containers on one disk and their images, which their machines get as another. */
@Timeout(300)
class ComparerTest extends LocalDaemonTest {
    private final LocalFiles files = new LocalFiles();

    @BeforeEach
    void keepContainersOnOneDisk() {
        daemon.host.connections = files::on;
        daemon.storage.single = true;
    }

    private String runChanged() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.containers()
                .writeArchive(id, "/a", new ByteArrayInputStream("x".getBytes(UTF_8)), true);
        return id;
    }

    private void assertOnlyTheContainerIsThere(String id) {
        assertThat(daemon.storage.roots()).containsExactly(id);
        assertThat(daemon.runtime().doctor().examine()).isEmpty();
    }

    @Test
    void aMachineHasTheImageForAsLongAsItCompares() throws Exception {
        String id = runChanged();
        files.comparing =
                image -> {
                    Disk disk = daemon.host.guest(id).disk(image.disk());
                    assertThat(disk.readOnly()).isTrue();
                    assertThat(daemon.storage.roots())
                            .hasSize(2)
                            .contains(disk.extents().getFirst().file().getFileName().toString());
                    assertThat(daemon.runtime().doctor().collect()).isEmpty();
                };
        for (int i = 0; i < 2; i++) {
            assertThat(daemon.containers().changes(id))
                    .containsExactly(new Change(Change.Kind.ADDED, "/a"));
            assertOnlyTheContainerIsThere(id);
            assertThat(daemon.host.guest(id).disks()).containsExactly("root0", "volume1");
        }

        daemon.containers().stop(id, Optional.of(java.time.Duration.ZERO));
        assertThat(daemon.containers().changes(id)).hasSize(1);
        assertOnlyTheContainerIsThere(id);
        assertThat(daemon.host.alive()).isEmpty();
    }

    @Test
    void whateverFailsLeavesNothing() throws Exception {
        String id = runChanged();
        daemon.storage.failure = new Unavailable("the disk is full");
        assertThatThrownBy(() -> daemon.containers().changes(id)).hasMessage("the disk is full");
        assertOnlyTheContainerIsThere(id);
        daemon.storage.failure = null;

        files.comparing =
                image -> {
                    throw new DriverFailure("nested too deep");
                };
        assertThatThrownBy(() -> daemon.containers().changes(id)).hasMessage("nested too deep");
        assertOnlyTheContainerIsThere(id);

        files.comparing =
                image -> {
                    daemon.host.guest(id).end("crash");
                    daemon.containers().waitFor(id);
                    throw new DriverFailure("the connection is lost");
                };
        assertThatThrownBy(() -> daemon.containers().changes(id)).hasMessageContaining("lost");
        await("die", id, 1);
        assertOnlyTheContainerIsThere(id);
        assertThat(daemon.host.alive()).isEmpty();
    }

    /** The daemon ends while a guest compares; nobody goes on with it. */
    private void stopWhileComparing(String id) throws InterruptedException {
        CountDownLatch compares = new CountDownLatch(1);
        files.comparing =
                image -> {
                    compares.countDown();
                    LockSupport.park();
                    throw new AssertionError("it goes on");
                };
        Thread.ofVirtual().start(() -> daemon.containers().changes(id));
        compares.await();
        daemon.stop();
        files.comparing = image -> {};
        assertThat(daemon.storage.roots()).hasSize(2);
        assertThat(daemon.host.guest(id).disks()).containsExactly("root0", "root2", "volume1");
    }

    private void startAgain() throws InterruptedException {
        daemon.start();
        daemon.plug();
        while (!daemon.runtime().info().problems().isEmpty()) {
            Thread.sleep(10);
        }
    }

    @Test
    void whatADaemonLeavesTheNextOneTakesBack() throws Exception {
        String id = runChanged();
        stopWhileComparing(id);
        startAgain();
        assertOnlyTheContainerIsThere(id);
        assertThat(daemon.host.guest(id).disks()).containsExactly("root0", "volume1");
        assertThat(daemon.containers().changes(id)).hasSize(1);
        assertOnlyTheContainerIsThere(id);
    }

    @Test
    void whatADaemonLeavesInAMachineThatEndsIsTakenBackToo() throws Exception {
        String id = runChanged();
        stopWhileComparing(id);
        daemon.host.guest(id).end("host crash");
        startAgain();
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertOnlyTheContainerIsThere(id);
    }
}
