// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.hypervisor.VmStats;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.CommitSpec;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerFiles;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Containers in memory, whose processes the test decides; it notes what was asked for. */
final class FakeContainers implements Containers {
    final List<Container> all = new ArrayList<>();
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final List<ContainerSpec> specs = new ArrayList<>();
    final List<ExecSpec> execs = new ArrayList<>();
    final List<LogOptions> logOptions = new ArrayList<>();
    final List<LogLine> lines = new ArrayList<>();
    final List<ContainerUpdate> updates = new ArrayList<>();
    final List<ProcessInfo> processes = new ArrayList<>();
    FakeProcess process = FakeProcess.ended(0, "", "");
    @Nullable Attachment realProcess;
    @Nullable CannotExecute cannotExecute;
    @Nullable RuntimeException failure;
    @Nullable FakeFiles files;
    private Duration cpuTime = Duration.ZERO;

    FakeContainers with(Samples sample) {
        all.add(sample.container());
        return this;
    }

    @Override
    public Container create(ContainerSpec spec) {
        calls.add("create " + spec.image());
        specs.add(spec);
        Container made = Samples.created(spec.name().orElse("made_up")).container();
        all.addFirst(made);
        return made;
    }

    @Override
    public void start(String name) throws CannotExecute {
        calls.add("start " + get(name).name());
        fail();
    }

    @Override
    public Attachment startAttached(String name, Optional<TerminalSize> size) throws CannotExecute {
        calls.add(
                "startAttached "
                        + get(name).name()
                        + size.map(s -> " " + s.rows() + "x" + s.columns()).orElse(""));
        fail();
        return realProcess == null ? process : realProcess;
    }

    private void fail() throws CannotExecute {
        if (cannotExecute != null) {
            throw cannotExecute;
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Attachment attach(String name) {
        calls.add("attach " + running(name).name());
        return realProcess == null ? process : realProcess;
    }

    @Override
    public Attachment exec(String name, ExecSpec spec) throws CannotExecute {
        calls.add("exec " + running(name).name());
        execs.add(spec);
        fail();
        return realProcess == null ? process : realProcess;
    }

    private Container running(String name) {
        Container container = get(name);
        if (!(container.state() instanceof ContainerState.Running)) {
            throw new Conflict("container '" + name + "' does not run");
        }
        return container;
    }

    @Override
    public void stop(String name, Optional<Duration> grace) {
        calls.add("stop " + get(name).name() + grace.map(g -> " " + g.toSeconds()).orElse(""));
    }

    @Override
    public void restart(String name, Optional<Duration> grace) throws CannotExecute {
        calls.add("restart " + get(name).name() + grace.map(g -> " " + g.toSeconds()).orElse(""));
        fail();
    }

    @Override
    public void kill(String name, String signal) {
        calls.add("kill " + running(name).name() + " " + signal);
    }

    @Override
    public void remove(String name, boolean force, boolean volumes) {
        calls.add("remove " + get(name).name() + " " + force + " " + volumes);
    }

    @Override
    public ExitStatus waitFor(String name) {
        return get(name).state() instanceof ContainerState.Exited exited
                ? exited.status()
                : new ExitStatus(0, 0, false, Instant.EPOCH);
    }

    @Override
    public void logs(String name, LogOptions options, Consumer<LogLine> sink) {
        get(name);
        logOptions.add(options);
        lines.forEach(sink);
    }

    FakeContainers line(boolean error, String text) {
        lines.add(new LogLine(Instant.parse("2026-11-24T08:00:00Z"), error, text.getBytes(UTF_8)));
        return this;
    }

    @Override
    public List<Container> list() {
        return List.copyOf(all);
    }

    @Override
    public Container get(String name) {
        return all.stream()
                .filter(c -> c.name().equals(name) || c.id().startsWith(name))
                .findFirst()
                .orElseThrow(() -> new NotFound("there is no container '" + name + "'"));
    }

    /** Each look finds more processor time. */
    @Override
    public GuestStats stats(String name) {
        cpuTime = cpuTime.plusMillis(100);
        return new GuestStats(cpuTime, 32 << 20, 128 << 20, 3, 1000, 2000, 3000, 4000);
    }

    @Override
    public Optional<VmStats> hostCosts(String name) {
        return Optional.of(new VmStats(cpuTime, 55 << 20));
    }

    @Override
    public void pause(String name) {
        calls.add("pause " + running(name).name());
    }

    @Override
    public void unpause(String name) {
        calls.add("unpause " + get(name).name());
    }

    @Override
    public void rename(String name, String to) {
        calls.add("rename " + get(name).name() + " " + to);
    }

    @Override
    public Container update(String name, ContainerUpdate update) {
        calls.add("update " + get(name).name());
        updates.add(update);
        return get(name);
    }

    @Override
    public List<ProcessInfo> processes(String name) {
        calls.add("processes " + running(name).name());
        return processes;
    }

    @Override
    public Image commit(String name, CommitSpec spec) {
        if (failure != null) {
            throw failure;
        }
        calls.add("commit " + get(name).name() + " " + spec);
        return Samples.image(List.of("committed"), List.of());
    }

    @Override
    public void export(String name, OutputStream sink) {
        calls.add("export " + get(name).name());
        try (ContainerFiles open = files(name)) {
            open.readRoot(sink);
        }
    }

    @Override
    public ContainerFiles files(String name) {
        calls.add("files " + get(name).name());
        if (files == null) {
            throw new IllegalStateException("the test gave the container no files");
        }
        return files;
    }
}
