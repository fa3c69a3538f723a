// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.ContainerState;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FailuresTest extends LocalDaemonTest {
    @Test
    void aStartThatFailsLeavesNothingAndTheContainerAsItWas() throws Exception {
        String first = run(Specs.command("sleep", "1000").port(8080));
        String second = create(Specs.command("sleep", "1000").port(8080));
        assertThatThrownBy(() -> daemon.containers().start(second))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("8080");
        assertThat(get(second).state()).isInstanceOf(ContainerState.Created.class);
        daemon.containers().remove(first, true, false);
        daemon.containers().start(second);
        assertThat(get(second).ports()).extracting(p -> p.hostPort()).containsExactly(8080);
    }

    @Test
    void aCreationThatFailsIsUndone() {
        daemon.storage.failure = new Unavailable("the disk is full");
        assertThatThrownBy(() -> create(Specs.sh("true").name("xx")))
                .isInstanceOf(Unavailable.class)
                .hasMessage("the disk is full");
        assertThat(daemon.storage.volumes()).isEmpty();
        assertThat(root.resolve("containers")).isEmptyDirectory();
        daemon.storage.failure = null;
        assertThat(create(Specs.sh("true").name("xx"))).hasSize(64);
    }

    @Test
    void aMachineThatEndsByItselfIsTheEndOfItsContainer() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.host.guest(id).end("kernel panic");
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertThat(((ContainerState.Exited) get(id).state()).error()).isEqualTo("kernel panic");
        assertNothingRuns();
    }

    @Test
    void aConnectionThatBreaksLosesAndRepeatsNothing() throws Exception {
        String id = create(Specs.sh("i=0; while [ $i -lt 5000 ]; do echo $i; i=$((i+1)); done"));
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 5000; i++) {
            expected.append(i).append('\n');
        }
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            StringBuilder seen = new StringBuilder();
            byte[] part = new byte[3000];
            int n = attachment.stdout().readNBytes(part, 0, part.length);
            while (n > 0) {
                seen.append(new String(part, 0, n, UTF_8));
                daemon.host.guest(id).loseConnection();
                n = attachment.stdout().readNBytes(part, 0, part.length);
            }
            assertThat(seen).hasToString(expected.toString());
            assertThat(attachment.waitFor().exitCode()).isZero();
        }
        assertThat(String.join("", logs(id))).isEqualTo(expected.toString());
    }

    @Test
    void containersGoOnWhileTheirDriverIsReplaced() throws Exception {
        String id = create(Specs.sh("while read line; do echo got $line; done").stdin());
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            daemon.unplugHypervisor();
            attachment.stdin().write("x\n".getBytes(UTF_8));
            assertThat(attachment.stdout().readNBytes(6)).asString().isEqualTo("got x\n");
            try (Attachment exec = daemon.containers().exec(id, Specs.exec("true"))) {
                assertThat(exec.waitFor().exitCode()).isZero();
            }
            assertThatThrownBy(() -> create(Specs.sh("true")))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no hypervisor driver");

            daemon.plugHypervisor();
            daemon.host.guest(id).end("power cut");
            assertThat(attachment.waitFor().exitCode()).isEqualTo(255);
        }
    }

    @Test
    void aContainerThatEndsWithoutItsDriverIsCleanedUpWhenTheDriverComes() throws Exception {
        String id = run(Specs.sh("read x; exit 4").stdin().port(8080));
        daemon.unplugHypervisor();
        closeInput(id);
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(4);
        assertThat(daemon.runtime().info().problems()).anyMatch(p -> p.contains("still holds"));
        daemon.plugHypervisor();
        daemon.containers().start(id);
        assertThat(get(id).state()).isInstanceOf(ContainerState.Running.class);
    }
}
