// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Containers;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.api.runtime.LogLine;
import io.hypercontainer.api.runtime.LogOptions;
import io.hypercontainer.runtime.spec.Signals;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.store.Phase;
import io.hypercontainer.runtime.stream.Waiting;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The containers' facade: finds the container, and leaves the work to whoever can do it. */
final class ContainerService implements Containers {
    private final Index<ManagedContainer> index;
    private final PodCreator creator;
    private final Starter starter;
    private final Stopper stopper;
    private final Executor executor;
    private final Supervisor supervisor;
    private final Ending ending;
    private final Remover remover;
    private final Pauser pauser;
    private final Renamer renamer;
    private final Duration patience;
    private final Clock clock;

    /**
     * @param patience how long a container that is being recovered is waited for
     */
    ContainerService(
            Index<ManagedContainer> index,
            PodCreator creator,
            Starter starter,
            Stopper stopper,
            Executor executor,
            Supervisor supervisor,
            Ending ending,
            Remover remover,
            Pauser pauser,
            Renamer renamer,
            Duration patience,
            Clock clock) {
        this.index = index;
        this.creator = creator;
        this.starter = starter;
        this.stopper = stopper;
        this.executor = executor;
        this.supervisor = supervisor;
        this.ending = ending;
        this.remover = remover;
        this.pauser = pauser;
        this.renamer = renamer;
        this.patience = patience;
        this.clock = clock;
    }

    @Override
    public Container create(ContainerSpec spec) {
        return creator.create(spec).view();
    }

    @Override
    public void start(String name) throws CannotExecute {
        ManagedContainer container = index.find(name);
        try (Held _ = container.lock()) {
            if (!container.isRunning()) {
                supervisor.supervise(container, begin(container, Optional.empty()));
            }
        }
    }

    @Override
    public Attachment startAttached(String name, Optional<TerminalSize> size) throws CannotExecute {
        ManagedContainer container = index.find(name);
        try (Held _ = container.lock()) {
            if (container.isRunning()) {
                return attach(container);
            }
            Run run = begin(container, size);
            // Connected before any thread moves output.
            Attachment attachment = run.init().attach(container.end());
            supervisor.supervise(container, run);
            return attachment;
        }
    }

    private Run begin(ManagedContainer container, Optional<TerminalSize> size)
            throws CannotExecute {
        if (container.record().phase() instanceof Phase.Removing) {
            throw new Conflict("container " + container.record().shortId() + " is being removed");
        }
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
        return attach(index.find(name));
    }

    private Attachment attach(ManagedContainer container) {
        Run run = running(container);
        // Input would get lost before a process that was found again is connected.
        run.pod().await(patience);
        return run.init().attach(container.end());
    }

    @Override
    public Attachment exec(String name, ExecSpec spec) throws CannotExecute {
        ManagedContainer container = index.find(name);
        return executor.exec(container, running(container), spec);
    }

    @Override
    public void stop(String name, Optional<Duration> grace) {
        ManagedContainer container = index.find(name);
        awaitTransition(container);
        if (container.isRunning()) {
            pauser.goOn(container.pod());
            ContainerRecord record = container.record();
            stopper.stop(
                    container,
                    running(container),
                    record.spec().stopSignal(),
                    grace.orElse(record.options().stopTimeout()));
        }
    }

    @Override
    public void restart(String name, Optional<Duration> grace) throws CannotExecute {
        throw new io.hypercontainer.api.Unsupported("todo", "restart");
    }

    @Override
    public void kill(String name, String signal) {
        ManagedContainer container = index.find(name);
        pauser.goOn(container.pod());
        stopper.signal(container, running(container), signal);
    }

    @Override
    public void remove(String name, boolean force, boolean volumes) {
        ManagedContainer container = index.find(name);
        String id = container.record().shortId();
        if (force && container.isRunning()) {
            pauser.goOn(container.pod());
            container.awaitRun(patience).ifPresent(run -> stopper.kill(container, run));
        }
        try (Held _ = container.lock()) {
            if (container.record().phase() instanceof Phase.Removing) {
                return;
            }
            if (container.isRunning() && !(force && container.run().isEmpty())) {
                throw new Conflict(
                        "container " + id + " is running: stop it first, or force its removal");
            }
            remover.prepare(container);
            remover.decide(container, volumes);
            remover.finish(container);
            container.ends(
                    container.record(), new ExitStatus(0, Signals.KILL, false, clock.instant()));
        }
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
        return agent(container).stats(container.id());
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
        awaitTransition(container);
        ManagedPod pod = container.pod();
        if (!container.isRunning()) {
            throw new Conflict("container " + container.record().shortId() + " is not running");
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
        throw new io.hypercontainer.api.Unsupported("todo", "this");
    }

    @Override
    public List<ProcessInfo> processes(String name) {
        ManagedContainer container = index.find(name);
        return agent(container).processes(container.id());
    }

    @Override
    public List<Change> changes(String name) {
        throw new io.hypercontainer.api.Unsupported("todo", "this");
    }

    @Override
    public PathStat stat(String name, String path) {
        throw new io.hypercontainer.api.Unsupported("todo", "this");
    }

    @Override
    public void readArchive(String name, String path, OutputStream sink) {
        throw new io.hypercontainer.api.Unsupported("todo", "this");
    }

    @Override
    public void writeArchive(String name, String path, InputStream archive, boolean owners) {
        throw new io.hypercontainer.api.Unsupported("todo", "this");
    }

    private GuestAgent agent(ManagedContainer container) {
        return running(container).pod().await(patience);
    }

    /** A start that is under way is waited for, as if the call had come a moment later. */
    private static void awaitTransition(ManagedContainer container) {
        if (!container.isRunning()) {
            container.lock().close();
        }
    }

    private Run running(ManagedContainer container) {
        awaitTransition(container);
        Optional<Run> run = container.awaitRun(patience);
        ContainerRecord record = container.record();
        if (run.isPresent()) {
            if (run.get().pod().isPaused()) {
                throw new Conflict(
                        "container " + record.shortId() + " is paused: unpause it first");
            }
            return run.get();
        }
        if (container.isRunning()) {
            throw new Unavailable(
                    "container "
                            + record.shortId()
                            + " runs, but the daemon could not take it over yet (its hypervisor"
                            + " driver is '"
                            + container.pod().record().machine().hypervisor()
                            + "'): see 'info'");
        }
        throw new Conflict("container " + record.shortId() + " is not running");
    }
}
