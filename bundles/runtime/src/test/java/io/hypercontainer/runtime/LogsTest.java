// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerSpecBuilder;
import io.hypercontainer.api.runtime.LogSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Logs as their containers want them. */
class LogsTest extends LocalDaemonTest {
    private static ContainerSpecBuilder sh(String script, LogSpec log) {
        return ContainerSpec.of("host").name("web").command(List.of("sh", "-c", script)).log(log);
    }

    private static LogSpec spec(String driver, Map<String, String> options) {
        return new LogSpec(Optional.of(driver), options);
    }

    private void restart() {
        daemon.stop();
        daemon.start();
        daemon.plug();
    }

    @Test
    void withoutALogOutputGoesToWhoListensAndNowhereElse() throws Exception {
        ContainerSpec spec =
                sh("read a; echo $a; read b; echo $b; exit 5", spec("none", Map.of()))
                        .stdin(true)
                        .build();
        String id = daemon.containers().create(spec).id();
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            attachment.stdin().write("one\n".getBytes(UTF_8));
            attachment.stdin().flush();
            assertThat(attachment.stdout().readNBytes(4)).asString().isEqualTo("one\n");
        }
        assertThatThrownBy(() -> logs(id))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("log driver is 'none'");

        restart();
        assertThat(get(id).log()).isEqualTo(spec("none", Map.of()));
        try (Attachment attachment = daemon.containers().attach(id)) {
            attachment.stdin().write("two\n".getBytes(UTF_8));
            attachment.stdin().flush();
            assertThat(attachment.stdout().readNBytes(4)).asString().isEqualTo("two\n");
            assertThat(attachment.waitFor().exitCode()).isEqualTo(5);
        }
        try (Stream<Path> files = Files.list(root.resolve("containers").resolve(id))) {
            assertThat(files.filter(f -> f.getFileName().toString().contains("log"))).isEmpty();
        }
    }

    @Test
    void aContainersOwnMeasureHoldsForAllDaemons() throws Exception {
        LogSpec small = spec("json-file", Map.of("max-size", "8k", "max-file", "3"));
        String id =
                daemon.containers()
                        .create(
                                sh(
                                                "i=0; while [ $i -lt 1500 ]; do echo line $i;"
                                                        + " i=$((i+1)); done; read x",
                                                small)
                                        .stdin(true)
                                        .build())
                        .id();
        daemon.containers().start(id);
        restart();
        closeInput(id);
        daemon.containers().waitFor(id);

        assertThat(get(id).log()).isEqualTo(small);
        List<String> kept = logs(id);
        assertThat(kept.getLast()).isEqualTo("line 1499\n");
        assertThat(kept.size()).isBetween(30, 600);
        try (Stream<Path> files = Files.list(root.resolve("containers").resolve(id))) {
            List<Path> logs =
                    files.filter(f -> f.getFileName().toString().contains("-json.log")).toList();
            assertThat(logs).hasSize(3);
            for (Path log : logs) {
                // At most one line more than what was asked for.
                assertThat(Files.size(log)).isLessThan(8_000 + 200);
            }
        }
    }

    @Test
    void aLogThatCannotBeLeavesNothingBehind() {
        assertThatThrownBy(() ->
                        daemon.containers().create(sh("true", spec("syslog", Map.of())).build()))
                .isInstanceOf(InvalidSpec.class);
        assertThat(daemon.containers().list()).isEmpty();
        assertThat(root.resolve("pods")).isEmptyDirectory();
        assertThat(daemon.storage.roots()).isEmpty();
    }
}
