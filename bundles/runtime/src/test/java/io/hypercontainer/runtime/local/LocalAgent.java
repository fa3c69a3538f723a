// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestInfo;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.agent.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A connection to a guest. */
final class LocalAgent implements GuestAgent {
    private final LocalGuest guest;
    private final CompletableFuture<String> lost = new CompletableFuture<>();

    LocalAgent(LocalGuest guest) {
        this.guest = guest;
        guest.connection = this;
    }

    boolean isLost() {
        return lost.isDone();
    }

    void onLost(Runnable action) {
        var _ = lost.thenRun(action);
    }

    void lose(String why) {
        lost.complete(why);
    }

    private void check() {
        if (isLost()) {
            throw new Unavailable("the connection to the guest is lost");
        }
    }

    @Override
    public GuestInfo info() {
        return new GuestInfo("local/1", "1", "local", Duration.ZERO, Set.of());
    }

    @Override
    public void setUp(GuestSetup setup) {
        check();
        guest.setup = setup;
    }

    @Override
    public void configure(GuestNetwork network) {
        check();
    }

    @Override
    public void createContainer(GuestContainer container) {
        check();
        if (guest.containers.putIfAbsent(container.id(), container) != null) {
            throw new Conflict("there is a container " + container.id());
        }
    }

    @Override
    public void createUnsealed(GuestContainer container) {
        createContainer(container);
        guest.unsealed.add(container.id());
    }

    @Override
    public GuestProcess start(String container, ProcessSpec process) throws CannotExecute {
        check();
        return new LocalProcess(container, guest.start(container, process), 0, 0);
    }

    @Override
    public Optional<GuestProcess> process(
            String container, String process, long stdoutOffset, long stderrOffset) {
        check();
        return Optional.ofNullable(guest.programs.get(new LocalGuest.Key(container, process)))
                .map(p -> new LocalProcess(container, p, stdoutOffset, stderrOffset));
    }

    @Override
    public List<GuestContainerState> containers() {
        check();
        return guest.containers.keySet().stream()
                .map(id ->
                        new GuestContainerState(
                                id,
                                guest.programs.keySet().stream()
                                        .filter(k -> k.container().equals(id))
                                        .map(LocalGuest.Key::process)
                                        .toList()))
                .toList();
    }

    @Override
    public void signalAll(String container, int signal) {
        check();
    }

    @Override
    public GuestStats stats(String container) {
        check();
        return new GuestStats(Duration.ZERO, 1, 2, guest.running().size(), 0, 0, 0, 0);
    }

    @Override
    public void readArchive(String container, String path, OutputStream sink) {
        check();
        byte[] content = guest.files.get(path);
        if (content == null) {
            throw new NotFound("there is no file " + path);
        }
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(sink)) {
            TarArchiveEntry entry = new TarArchiveEntry(path.substring(path.lastIndexOf('/') + 1));
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void writeArchive(String container, String path, InputStream archive, boolean owners) {
        check();
        if (!guest.unsealed.contains(container) || !path.equals("/") || !owners) {
            throw new IllegalStateException("unpacks in the root of containers only");
        }
        try (TarArchiveInputStream tar = new TarArchiveInputStream(archive)) {
            TarArchiveEntry entry;
            while ((entry = tar.getNextEntry()) != null) {
                guest.unpacked.add(
                        "%s %o %d:%d %s"
                                .formatted(
                                        entry.getName(),
                                        entry.getMode(),
                                        entry.getLongUserId(),
                                        entry.getLongGroupId(),
                                        new String(tar.readAllBytes(), StandardCharsets.UTF_8)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void destroyContainer(String container) {
        check();
        guest.destroy(container);
    }

    @Override
    public void refresh(Instant now, byte[] entropy) {
        check();
        guest.clock = now;
    }

    @Override
    public void powerOff(Duration grace) {
        check();
        guest.end("powered off");
    }

    @Override
    public String waitUntilLost() {
        try {
            return lost.get();
        } catch (InterruptedException e) {
            throw new Interrupted("waiting", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        lose("closed");
    }

    private final class LocalProcess implements GuestProcess {
        private final String container;
        private final LocalGuest.Program program;
        private final InputStream stdout;
        private final InputStream stderr;

        LocalProcess(
                String container,
                LocalGuest.Program program,
                long stdoutOffset,
                long stderrOffset) {
            this.container = container;
            this.program = program;
            this.stdout = program.stdout.from(stdoutOffset, LocalAgent.this);
            this.stderr = program.stderr.from(stderrOffset, LocalAgent.this);
        }

        @Override
        public String id() {
            return program.id;
        }

        @Override
        public int pid() {
            return 1;
        }

        @Override
        public OutputStream stdin() {
            return program.process.getOutputStream();
        }

        @Override
        public InputStream stdout() {
            return stdout;
        }

        @Override
        public InputStream stderr() {
            return stderr;
        }

        @Override
        public void resize(TerminalSize size) {
            check();
        }

        @Override
        public void signal(int signal) {
            check();
            try {
                new ProcessBuilder("kill", "-" + signal, "" + program.process.pid())
                        .redirectErrorStream(true)
                        .start()
                        .waitFor();
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<ExitStatus> waitFor(Duration timeout) {
            CompletableFuture<Object> either = CompletableFuture.anyOf(program.exit, lost);
            try {
                either.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                throw new Interrupted("waiting", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
            check();
            return Optional.of(program.exit.join());
        }

        @Override
        public void acknowledge() {
            check();
            guest.programs.remove(new LocalGuest.Key(container, program.id));
        }
    }
}
