// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessIdentityTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir Path folder;
    private Process process;
    private ProcessIdentity identity;

    @BeforeEach
    void start() throws Exception {
        process = new ProcessBuilder("sleep", "1000").directory(folder.toFile()).start();
        identity = ProcessIdentity.of(process.pid()).orElseThrow();
    }

    @AfterEach
    void end() {
        process.destroyForcibly().onExit().join();
    }

    @Test
    void theProcessIsKnownAndKilled() throws Exception {
        assertThat(identity.alive()).isTrue();
        assertThat(identity.worksIn(folder)).isTrue();
        assertThat(ProcessIdentity.workingIn(folder)).containsExactly(identity);

        assertThat(identity.kill(LONG)).isTrue();

        assertThat(identity.alive()).isFalse();
        process.onExit().join();
        assertThat(ProcessIdentity.of(process.pid())).isEmpty();
    }

    @Test
    void anotherProcessWithTheSameNumberIsLeftAlone() throws Exception {
        var earlier =
                new ProcessIdentity(identity.pid(), identity.startTicks() - 1, identity.bootId());
        var otherBoot = new ProcessIdentity(identity.pid(), identity.startTicks(), "another-boot");

        assertThat(earlier.alive()).isFalse();
        assertThat(earlier.kill(LONG)).isTrue();
        assertThat(otherBoot.kill(LONG)).isTrue();
        assertThat(process.isAlive()).isTrue();
    }

    @Test
    void aProcessElsewhereDoesNotWorkHere() {
        assertThat(identity.worksIn(Path.of("/"))).isFalse();
    }
}
