// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
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
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.stream.Waiting;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The containers' facade: finds the container, and leaves the work to whoever can do it. */
final class ContainerService implements Containers {
    private final Index<ManagedContainer> index;
    private final Runs runs;
    private final PodCreator creator;
    private final Starter starter;
    private final Executor executor;
    private final Supervisor supervisor;
    private final Ending ending;
    private final ContainerEnder ender;
    private final Pauser pauser;
    private final Renamer renamer;
    private final Happenings happenings;
    private final Updater updater;
    private final Visits visits;
    private final ContainerCommitter committer;
    private final MachineCosts costs;

    ContainerService(
            Index<ManagedContainer> index,
            Runs runs,
            PodCreator creator,
            Starter starter,
            Executor executor,
            Supervisor supervisor,
            Ending ending,
            ContainerEnder ender,
            Pauser pauser,
            Renamer renamer,
            Happenings happenings,
            Updater updater,
            Visits visits,
            ContainerCommitter committer,
            MachineCosts costs) {
        this.index = index;
        this.runs = runs;
        this.creator = creator;
        this.starter = starter;
        this.executor = executor;
        this.supervisor = supervisor;
        this.ending = ending;
        this.ender = ender;
        this.pauser = pauser;
        this.renamer = renamer;
        this.happenings = happenings;
        this.updater = updater;
        this.visits = visits;
        this.committer = committer;
        this.costs = costs;
    }

    @Override
    public Container create(ContainerSpec spec) {
        return creator.create(spec).view();
    }

    @Override
    public void start(String name) throws CannotExecute {
        start(index.find(name));
    }

    private void start(ManagedContainer container) throws CannotExecute {
        try (Held _ = container.lock()) {
            boolean comes = container.record().phase() instanceof Phase.Restarting;
            if (!container.isRunning() && !comes) {
                supervisor.supervise(container, begin(container, Optional.empty()));
            }
        }
    }

    @Override
    public Attachment startAttached(String name, Optional<TerminalSize> size) throws CannotExecute {
        ManagedContainer container = index.find(name);
        try (Held _ = container.lock()) {
            if (container.isRunning()) {
                return attach(container, runs.of(container));
            }
            if (container.record().phase() instanceof Phase.Restarting) {
                throw runs.notRunning(container);
            }
            Run run = begin(container, size);
            // Connected before any thread moves output.
            Attachment attachment = attach(container, run);
            supervisor.supervise(container, run);
            return attachment;
        }
    }

    private Run begin(ManagedContainer container, Optional<TerminalSize> size)
            throws CannotExecute {
        if (container.record().phase() instanceof Phase.Removing) {
            throw new Conflict("container " + container.record().shortId() + " is being removed");
        }
        ContainerRecord record = container.record();
        container.changed(record.supervised(record.supervision().begun()));
        container.waits(Duration.ZERO);
        try {
            return starter.start(container, size);
        } catch (CannotExecute | HyperException e) {
            if (container.record().options().autoRemove()) {
                ending.remove(container);
            }
            throw e;
        }
    }

    @Override
    public Attachment attach(String name) {
        ManagedContainer container = index.find(name);
        return attach(container, runs.of(container));
    }

    private Attachment attach(ManagedContainer container, Run run) {
        return run.init().attach(container.end(), signal -> ender.signalled(container, signal));
    }

    @Override
    public Attachment exec(String name, ExecSpec spec) throws CannotExecute {
        ManagedContainer container = index.find(name);
        return executor.exec(container, runs.of(container), spec);
    }

    @Override
    public void stop(String name, Optional<Duration> grace) {
        ender.stop(index.find(name), grace);
    }

    @Override
    public void restart(String name, Optional<Duration> grace) throws CannotExecute {
        ManagedContainer container = index.find(name);
        try (Held _ = container.keep()) {
            ender.stop(container, grace);
            start(container);
        }
        happenings.container(container.record(), "restart");
    }

    @Override
    public void kill(String name, String signal) {
        ender.kill(index.find(name), signal);
    }

    @Override
    public void remove(String name, boolean force, boolean volumes) {
        ender.remove(index.find(name), force, volumes);
    }

    @Override
    public ExitStatus waitFor(String name) {
        return Waiting.forEnd(index.find(name).end());
    }

    @Override
    public void logs(String name, LogOptions options, Consumer<LogLine> sink) {
        index.find(name).log().read(options, sink);
    }

    @Override
    public List<Container> list() {
        return index.all().stream()
                .filter(c -> !(c.record().phase() instanceof Phase.Creating))
                .map(ManagedContainer::view)
                .sorted(Comparator.comparing(Container::created).reversed())
                .toList();
    }

    @Override
    public Container get(String name) {
        return index.find(name).view();
    }

    @Override
    public GuestStats stats(String name) {
        ManagedContainer container = index.find(name);
        return runs.agent(container).stats(container.id());
    }

    @Override
    public Optional<VmStats> hostCosts(String name) {
        return costs.of(index.find(name).pod());
    }

    @Override
    public void pause(String name) {
        pauser.pause(single(name));
    }

    @Override
    public void unpause(String name) {
        pauser.unpause(single(name));
    }

    private ManagedPod single(String name) {
        ManagedContainer container = index.find(name);
        runs.awaitTransition(container);
        ManagedPod pod = container.pod();
        if (!container.isRunning()) {
            throw runs.notRunning(container);
        }
        if (!pod.record().single()) {
            throw new Conflict(
                    "container "
                            + container.record().shortId()
                            + " shares its machine with others: pause pod "
                            + pod.record().name());
        }
        return pod;
    }

    @Override
    public void rename(String name, String to) {
        renamer.rename(index.find(name), to);
    }

    @Override
    public Container update(String name, ContainerUpdate update) {
        return updater.update(index.find(name), update).view();
    }

    @Override
    public List<ProcessInfo> processes(String name) {
        ManagedContainer container = index.find(name);
        return runs.agent(container).processes(container.id());
    }

    @Override
    public ContainerFiles files(String name) {
        return files(index.find(name));
    }

    private ContainerFiles files(ManagedContainer container) {
        return visits.files(container, runs::agent);
    }

    @Override
    public Image commit(String name, CommitSpec spec) {
        ManagedContainer container = index.find(name);
        return committer.commit(container, spec, () -> files(container));
    }

    @Override
    public void export(String name, OutputStream sink) {
        ManagedContainer container = index.find(name);
        try (ContainerFiles files = files(container)) {
            files.readRoot(sink);
        }
        happenings.container(container.record(), "export");
    }
}
