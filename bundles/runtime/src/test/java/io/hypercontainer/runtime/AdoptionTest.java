// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.HotSpotDiagnosticMXBean;
import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerState;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AdoptionTest extends LocalDaemonTest {
    @Test
    void theNextDaemonTakesOverWhatRunsAndLosesNoOutput() throws Exception {
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            expected.append(i).append('\n');
        }
        String id =
                run(
                        Specs.sh(
                                        "i=0; while [ $i -lt 3000 ]; do echo $i; i=$((i+1)); done;"
                                                + " read x; exit 6")
                                .stdin()
                                .name("web")
                                .port(8080));
        for (int i = 0; i < 3; i++) {
            restart();
        }
        try (Attachment attachment = daemon.containers().attach("web")) {
            attachment.stdin().write("x\n".getBytes(UTF_8));
            assertThat(attachment.waitFor().exitCode()).isEqualTo(6);
        }
        assertThat(String.join("", logs(id))).isEqualTo(expected.toString());
        assertThat(daemon.host.alive()).isEmpty();
    }

    @Test
    void aContainerThatEndedMeanwhileHasItsRightExitCodeAndLastOutput() throws Exception {
        String id = run(Specs.sh("read x; echo last words; exit 9").stdin());
        Attachment attachment = daemon.containers().attach(id);
        daemon.stop();
        assertThatThrownBy(attachment::waitFor).isInstanceOf(Unavailable.class);
        daemon.host.guest(id).type("x\n");
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(9);
        assertThat(String.join("", logs(id))).isEqualTo("last words\n");
    }

    @Test
    void aMachineThatEndedMeanwhileIsTheEndOfItsContainer() throws Exception {
        String id = run(Specs.command("sleep", "1000").port(8080));
        daemon.stop();
        daemon.host.guest(id).end("host crash");
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertThat(((ContainerState.Exited) get(id).state()).error()).contains("machine ended");
        assertThat(daemon.network.connected()).isEmpty();
        daemon.containers().start(id);
    }

    @Test
    void whatWantedToBeRemovedAtItsEndIsRemovedByTheNextDaemon() throws Exception {
        String id = run(Specs.sh("read x").stdin().autoRemove());
        daemon.stop();
        daemon.host.guest(id).type("x\n");
        daemon.start();
        var waiting =
                java.util.concurrent.CompletableFuture.supplyAsync(
                        () -> daemon.containers().waitFor(id).exitCode());
        daemon.plug();
        assertThat(waiting.get()).isZero();
        assertThatThrownBy(() -> get(id)).isInstanceOf(NotFound.class);
        assertThat(daemon.storage.roots()).isEmpty();
        assertThat(daemon.storage.volumes()).isEmpty();
    }

    @Test
    void withoutTheDriverAContainerIsListedAndCallsSayWhatIsMissing() throws Exception {
        String id = run(Specs.command("sleep", "1000").name("web").volume("v", false).port(80));
        daemon.stop();
        daemon.start();
        assertThat(get("web").state()).isInstanceOf(ContainerState.Running.class);
        assertThat(get("web").ports()).hasSize(1);
        assertThatThrownBy(() -> daemon.containers().exec(id, Specs.exec("true")))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("'local'");
        assertThat(daemon.runtime().info().problems())
                .anyMatch(p -> p.contains("waits for hypervisor driver 'local'"));

        daemon.plug();
        try (Attachment exec = daemon.containers().exec(id, Specs.exec("true"))) {
            assertThat(exec.waitFor().exitCode()).isZero();
        }
        String other = daemon.containers().create(Specs.sh("true").volume("v", false).build()).id();
        assertThatThrownBy(() -> daemon.containers().start(other)).isInstanceOf(Conflict.class);
        assertThat(daemon.network.connected()).containsExactly(id);
    }

    @Test
    void leftoversOfCreationsAndRemovalsThatWereCutOffAreCleanedUp() throws Exception {
        String creating = create(Specs.sh("true").name("creating"));
        String removing = create(Specs.sh("true").name("removing"));
        String kept = create(Specs.sh("true").name("kept"));
        assertThat(daemon.storage.volumes()).hasSize(3);
        daemon.stop();
        setPhase(creating, "\"phase\" : \"creating\"");
        setPhase(removing, "\"phase\" : \"removing\", \"volumes\" : true");
        daemon.start();
        assertThat(daemon.containers().list()).extracting(Container::id).containsExactly(kept);
        daemon.plug();
        awaitGone(creating);
        awaitGone(removing);
        assertThat(daemon.storage.roots()).containsExactly(kept);
        assertThat(daemon.storage.volumes()).hasSize(1);
    }

    @Test
    void aStartThatWasCutOffIsUndone() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.stop();
        daemon.host.guest(id).forget();
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertThat(((ContainerState.Exited) get(id).state()).error())
                .contains("does not know its process");
        assertThat(daemon.host.alive()).isEmpty();
    }

    @Test
    void aMachineWhoseLaunchWasCutOffIsKilled() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.stop();
        Path held = root.resolve("pods", id, "machine.json");
        String json = Files.readString(held);
        int vm = json.indexOf("\"vm\"");
        int wiring = json.indexOf("\"wiring\"");
        Files.writeString(held, json.substring(0, vm) + "\"vm\" : null, " + json.substring(wiring));
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertThat(daemon.host.alive()).isEmpty();
        daemon.containers().start(id);
    }

    @Test
    void outputThatTheHostLostAfterItWasAcknowledgedKeepsNobodyFromTakingOver() throws Exception {
        String id = attachedAt("xxx", Specs.sh("printf xxx; read x; echo end").stdin());
        daemon.stop();
        Files.delete(record(id).resolveSibling(id + "-json.log"));
        daemon.start();
        daemon.plug();
        try (Attachment attachment = daemon.containers().attach(id)) {
            attachment.stdin().write("x\n".getBytes(UTF_8));
            assertThat(attachment.waitFor().exitCode()).isZero();
        }
        // The guest may not have heard yet that what was read had been dealt with.
        assertThat(String.join("", logs(id))).isIn("end\n", "xxxend\n");
    }

    @Test
    void furtherProcessesGoOnAndAreForgottenAtTheirEnd() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        Attachment exec = daemon.containers().exec(id, Specs.exec("sh", "-c", "read x; exit 1"));
        daemon.stop();
        daemon.start();
        daemon.plug();
        daemon.containers().stats(id);
        assertThat(daemon.host.guest(id).running()).hasSize(2);
        exec.close();
        daemon.containers().remove(id, true, true);
        assertThat(daemon.host.alive()).isEmpty();
    }

    @Test
    void aDaemonThatStopsLeavesNoThread() throws Exception {
        String id = run(Specs.sh("while :; do echo x; done"));
        try (Attachment slow = daemon.containers().attach(id)) {
            assertThat(slow.stdout().readNBytes(2)).asString().isEqualTo("x\n");
            assertThat(threads()).anyMatch(t -> t.contains("hyper-"));
            daemon.stop();
            assertThat(threads()).noneMatch(t -> t.contains("hyper-"));
            assertThat(daemon.host.guest(id).running()).containsExactly("init");
        }
    }

    private List<String> threads() throws Exception {
        Path dump = root.resolve("threads");
        Files.deleteIfExists(dump);
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
        return Files.readAllLines(dump);
    }

    @Test
    void aDamagedRecordHurtsNobodyElse() throws Exception {
        String damaged = create(Specs.sh("true"));
        String fine = create(Specs.sh("true"));
        daemon.stop();
        Files.writeString(record(damaged), "{\"schema\" : 1, ");
        daemon.start();
        daemon.plug();
        assertThat(daemon.containers().list()).extracting(Container::id).containsExactly(fine);
        assertThat(daemon.runtime().info().problems())
                .anyMatch(p -> p.contains(damaged) && p.contains("set aside"));
        assertThat(daemon.storage.roots()).contains(damaged);
    }

    private void restart() {
        daemon.stop();
        daemon.start();
        daemon.plug();
    }

    private Path record(String id) {
        return root.resolve("containers", id, "container.json");
    }

    private void setPhase(String id, String phase) throws Exception {
        String json = Files.readString(record(id));
        Files.writeString(record(id), json.replace("\"phase\" : \"created\"", phase));
    }

    private void awaitGone(String id) throws Exception {
        Path folder = root.resolve("containers", id);
        while (Files.exists(folder)) {
            Thread.onSpinWait();
        }
    }
}
