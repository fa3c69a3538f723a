// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import io.hypercontainer.runtime.local.LocalDaemon;
import io.hypercontainer.runtime.restart.Sleeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A daemon with local drivers, and what tests do with it. */
abstract class LocalDaemonTest {
    @TempDir Path root;

    LocalDaemon daemon;

    /** {@return how time passes} */
    Sleeper sleeper() {
        return Sleeper.REAL;
    }

    @BeforeEach
    void startDaemon() {
        daemon = new LocalDaemon(root, sleeper());
    }

    @AfterEach
    void stopDaemon() {
        daemon.close();
    }

    String create(Specs specs) {
        return daemon.containers().create(specs.build()).id();
    }

    String run(Specs specs) throws CannotExecute {
        String id = create(specs);
        daemon.containers().start(id);
        return id;
    }

    /** Starts a container and waits until it says so. */
    String attachedAt(String word, Specs specs) throws Exception {
        String id = create(specs);
        try (Attachment attachment = daemon.containers().startAttached(id, Optional.empty())) {
            assertThat(attachment.stdout().readNBytes(word.length())).asString().isEqualTo(word);
        }
        return id;
    }

    Container get(String name) {
        return daemon.containers().get(name);
    }

    /** Waits until something has happened to a container so many times. */
    Event await(String action, String id, int times) {
        List<Event> seen = new ArrayList<>();
        try {
            daemon.runtime()
                    .events()
                    .read(
                            Optional.of(Instant.EPOCH),
                            Optional.empty(),
                            event -> {
                                if (event.id().equals(id) && event.action().equals(action)) {
                                    seen.add(event);
                                }
                                if (seen.size() == times) {
                                    throw new Seen();
                                }
                            });
        } catch (Seen e) {
            return seen.getLast();
        }
        throw new AssertionError();
    }

    private static final class Seen extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** What has happened until now. */
    List<Event> happened() {
        List<Event> events = new ArrayList<>();
        daemon.runtime()
                .events()
                .read(Optional.of(Instant.EPOCH), Optional.of(Instant.now()), events::add);
        return events;
    }

    /** What has happened to a container until now. */
    List<String> actions(String id) {
        return happened().stream().filter(e -> e.id().equals(id)).map(Event::action).toList();
    }

    /** Another daemon comes. */
    void restartDaemon() {
        daemon.stop();
        daemon.start();
        daemon.plug();
    }

    void closeInput(String id) {
        try (Attachment attachment = daemon.containers().attach(id)) {
            attachment.stdin().close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    List<String> logs(String id) {
        List<String> lines = new ArrayList<>();
        LogOptions all =
                new LogOptions(
                        false, Optional.empty(), Optional.empty(), Optional.empty(), true, true);
        daemon.containers().logs(id, all, line -> lines.add(text(line)));
        return lines;
    }

    static String text(LogLine line) {
        return new String(line.content(), UTF_8);
    }

    void assertNothingRuns() {
        assertThat(daemon.host.alive()).isEmpty();
        assertThat(daemon.network.connected()).isEmpty();
        assertThat(root.resolve("vms")).isEmptyDirectory();
        try (var files = Files.walk(root)) {
            assertThat(files.map(f -> f.getFileName().toString())).doesNotContain("machine.json");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
