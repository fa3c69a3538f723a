// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.storage.VolumeSpec;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is told of what happens. */
class HappeningsTest extends LocalDaemonTest {
    private List<String> told(String type) {
        return happened().stream()
                .filter(e -> e.type().equals(type))
                .map(e -> e.action() + " " + e.id())
                .toList();
    }

    @Test
    void tellsTheLifeOfAContainer() throws Exception {
        String id = create(Specs.sh("exit 3").name("job").autoRemove());
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            attachment.waitFor();
        }
        assertThat(actions(id)).containsExactly("create", "start", "die", "destroy");
        Event died = await("die", id, 1);
        assertThat(died.type()).isEqualTo("container");
        assertThat(died.attributes())
                .containsEntry("name", "job")
                .containsEntry("image", "host")
                .containsEntry("exitCode", "3")
                .containsKey("execDuration")
                .doesNotContainKey("signal");
        assertThat(told("volume")).hasSize(2);
        assertThat(told("pod")).isEmpty();
    }

    @Test
    void tellsWhichSignalKilledIt() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.containers().kill(id, "KILL");
        daemon.containers().waitFor(id);
        assertThat(await("kill", id, 1).attributes()).containsEntry("signal", "9");
        assertThat(await("die", id, 1).attributes())
                .containsEntry("signal", "9")
                .containsEntry("exitCode", "137");
    }

    @Test
    void tellsOfExecutedCommands() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        try (Attachment exec = daemon.containers().exec(id, Specs.exec("sh", "-c", "exit 4"))) {
            exec.waitFor();
        }
        Event died = await("exec_die", id, 1);
        assertThat(actions(id))
                .containsExactly(
                        "create",
                        "start",
                        "exec_create: sh -c exit 4",
                        "exec_start: sh -c exit 4",
                        "exec_die");
        assertThat(died.attributes())
                .containsEntry("exitCode", "4")
                .containsEntry(
                        "execID",
                        await("exec_start: sh -c exit 4", id, 1).attributes().get("execID"));
    }

    @Test
    void tellsOfPausesAndNames() throws Exception {
        String id = run(Specs.command("sleep", "1000").name("old"));
        daemon.containers().pause(id);
        daemon.containers().pause(id);
        daemon.containers().unpause(id);
        daemon.containers().rename(id, "new");
        assertThat(actions(id)).containsExactly("create", "start", "pause", "unpause", "rename");
        assertThat(await("rename", id, 1).attributes())
                .containsEntry("oldName", "/old")
                .containsEntry("name", "new");
    }

    @Test
    void tellsOfVolumes() {
        daemon.runtime().volumes().create(VolumeSpec.of("data"), Optional.empty());
        daemon.runtime().volumes().remove("data");
        assertThat(told("volume")).containsExactly("create data", "destroy data");
        assertThat(happened().getLast().attributes()).isEqualTo(Map.of("driver", "local"));
    }

    @Test
    void theNextDaemonKnowsWhatHappenedBefore() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        restartDaemon();
        daemon.containers().stop(id, Optional.of(Duration.ofMinutes(1)));
        assertThat(told("daemon")).containsExactly("start hyperd", "stop hyperd", "start hyperd");
        assertThat(actions(id)).containsExactly("create", "start", "kill", "die", "stop");
    }

    @Test
    void eventsThatCannotBeWrittenCostNothingElse() throws Exception {
        daemon.stop();
        Files.delete(root.resolve("events.log"));
        Files.createDirectory(root.resolve("events.log"));
        daemon.start();
        daemon.plug();
        String id = run(Specs.sh("exit 0"));
        daemon.containers().waitFor(id);
        assertThat(actions(id)).containsExactly("create", "start", "die");
        assertThat(daemon.runtime().info().problems())
                .singleElement()
                .asString()
                .contains("events cannot be written");
        Files.delete(root.resolve("events.log"));
        daemon.runtime().volumes().create(VolumeSpec.of("data"), Optional.empty());
        assertThat(daemon.runtime().info().problems()).isEmpty();
    }
}
