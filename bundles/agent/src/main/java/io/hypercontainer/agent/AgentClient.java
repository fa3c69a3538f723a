// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestInfo;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.network.Service;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** The agent of one guest over one connection. */
final class AgentClient implements GuestAgent {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final Connection connection;
    private final Transfers transfers;
    private final GuestInfo info;

    AgentClient(Connection connection, GuestInfo info) {
        this.connection = connection;
        this.transfers = new Transfers(connection);
        this.info = info;
    }

    /** Learns from a guest that another host has used before which stream ids are taken. */
    void takeOver() {
        connection.skipStreamIds(
                list().stream()
                        .flatMap(container -> container.processes().stream())
                        .flatMap(process -> process.streams().stream())
                        .mapToInt(GuestList.Pipe::id)
                        .max()
                        .orElse(0));
    }

    @Override
    public GuestInfo info() {
        return info;
    }

    @Override
    public void prepare() {
        ask(Requests.prepare());
    }

    @Override
    public void setUp(GuestSetup setup) {
        ask(Requests.setup(setup));
    }

    @Override
    public void configure(GuestNetwork network) {
        ask(Requests.network(network));
    }

    @Override
    public void createContainer(GuestContainer container) {
        ask(Requests.create(container));
    }

    @Override
    public void createUnsealed(GuestContainer container) {
        ask(Requests.createUnsealed(container));
    }

    @Override
    public GuestProcess start(String container, ProcessSpec process) throws CannotExecute {
        boolean terminal = process.terminal().isPresent();
        StreamIds ids =
                new StreamIds(
                        process.stdin() ? connection.newStreamId() : 0,
                        connection.newStreamId(),
                        terminal ? 0 : connection.newStreamId());
        // Before the request: output may come before its reply is seen.
        OutputStream stdin =
                ids.stdin() == 0
                        ? OutputStream.nullOutputStream()
                        : connection.openInput(ids.stdin(), 0, 0);
        InputStream stdout = connection.openOutput(ids.stdout(), 0);
        InputStream stderr =
                ids.stderr() == 0
                        ? InputStream.nullInputStream()
                        : connection.openOutput(ids.stderr(), 0);
        boolean started = false;
        try {
            ObjectNode reply = call(Requests.process(container, process, ids));
            started = true;
            return new AgentProcess(
                    connection,
                    new Exits.Key(container, process.id()),
                    reply.path("pid").asInt(0),
                    terminal,
                    new AgentProcess.Streams(ids, stdin, stdout, stderr));
        } catch (GuestError e) {
            Optional<CannotExecute> cannotExecute = e.asCannotExecute();
            if (cannotExecute.isPresent()) {
                throw cannotExecute.get();
            }
            throw e.asHyperException();
        } finally {
            if (!started) {
                connection.forgetStream(ids.stdin());
                connection.forgetStream(ids.stdout());
                connection.forgetStream(ids.stderr());
            }
        }
    }

    @Override
    public Optional<GuestProcess> process(
            String container, String process, long stdoutOffset, long stderrOffset) {
        Optional<GuestList.Process> found =
                list().stream()
                        .filter(c -> c.id().equals(container))
                        .flatMap(c -> c.processes().stream())
                        .filter(p -> p.id().equals(process))
                        .findFirst();
        return found.map(p -> adopt(container, p, stdoutOffset, stderrOffset));
    }

    private GuestProcess adopt(
            String container, GuestList.Process process, long stdoutOffset, long stderrOffset) {
        if (process.streams().stream().anyMatch(stream -> connection.hasStream(stream.id()))) {
            throw new Conflict(
                    "process " + process.id() + " of container " + container + " is in use");
        }
        OutputStream stdin =
                process.stdin()
                        .<OutputStream>map(s -> connection.openInput(s.id(), s.start(), s.end()))
                        .orElseGet(OutputStream::nullOutputStream);
        InputStream stdout = adoptOutput(process.stdout(), stdoutOffset);
        InputStream stderr = adoptOutput(process.stderr(), stderrOffset);
        StreamIds ids =
                new StreamIds(
                        process.stdin().map(GuestList.Pipe::id).orElse(0),
                        process.stdout().map(GuestList.Pipe::id).orElse(0),
                        process.stderr().map(GuestList.Pipe::id).orElse(0));
        return new AgentProcess(
                connection,
                new Exits.Key(container, process.id()),
                process.pid(),
                process.terminal(),
                new AgentProcess.Streams(ids, stdin, stdout, stderr));
    }

    private InputStream adoptOutput(Optional<GuestList.Pipe> found, long offset) {
        if (found.isEmpty()) {
            // The guest forgets a stream when its last byte was acknowledged.
            return InputStream.nullInputStream();
        }
        GuestList.Pipe stream = found.get();
        if (offset > stream.end()) {
            throw new DriverFailure(
                    "the guest has the bytes "
                            + stream.start()
                            + " to "
                            + stream.end()
                            + " of a process' output; it cannot go on at "
                            + offset);
        }
        // What was acknowledged is gone, even if the host has lost it since.
        long from = Math.max(offset, stream.start());
        GuestOutput output = connection.openOutput(stream.id(), from);
        connection.resume(stream.id(), from);
        return output;
    }

    @Override
    public List<GuestContainerState> containers() {
        return list().stream()
                .map(c ->
                        new GuestContainerState(
                                c.id(), c.processes().stream().map(GuestList.Process::id).toList()))
                .toList();
    }

    @Override
    public void signalAll(String container, int signal) {
        ask(Requests.of("signal", container).put("signal", signal).put("all", true));
    }

    @Override
    public GuestStats stats(String container) {
        return Answers.stats(ask(Requests.of("stats", container)));
    }

    @Override
    public void refresh(Instant now, byte[] entropy) {
        ask(Requests.clock(now, entropy));
    }

    @Override
    public void serve(List<Service> services) {
        ask(Requests.services(services));
    }

    @Override
    public void setLimits(String container, GuestContainer.Limits limits) {
        ask(Requests.limits(container, limits));
    }

    @Override
    public List<ProcessInfo> processes(String container) {
        Records<ProcessInfo> processes = Answers.processes(container);
        transfers.read(Requests.of("processes", container), ANSWER, processes);
        return processes.all().stream().sorted(Comparator.comparingInt(ProcessInfo::pid)).toList();
    }

    @Override
    public List<Change> changes(String container) {
        return changes(container, Requests.of("changes", container));
    }

    @Override
    public List<Change> changes(String container, GuestRoot.SingleDisk image) {
        return changes(container, Requests.changes("changes", container, image));
    }

    private List<Change> changes(String container, ObjectNode request) {
        Records<Change> changes = Answers.changes(container);
        transfers.read(request, Call.UNLIMITED, changes);
        return changes.all().stream().sorted(Comparator.comparing(Change::path)).toList();
    }

    @Override
    public void readChanges(
            String container,
            Optional<GuestRoot.SingleDisk> image,
            boolean halted,
            OutputStream sink) {
        ObjectNode request =
                image.map(i -> Requests.changes("read-changes", container, i))
                        .orElseGet(() -> Requests.of("read-changes", container));
        transfers.read(request.put("freeze", halted), Call.UNLIMITED, sink);
    }

    @Override
    public void readRoot(String container, OutputStream sink) {
        transfers.read(Requests.of("read-root", container), Call.UNLIMITED, sink);
    }

    @Override
    public PathStat stat(String container, String path) {
        Records<PathStat> stat = Answers.stat(path);
        transfers.read(Requests.file("stat", container, path), ANSWER, stat);
        return stat.all().stream()
                .findFirst()
                .orElseThrow(() -> new DriverFailure("the guest says nothing of " + path));
    }

    @Override
    public void readArchive(String container, String path, OutputStream sink) {
        transfers.read(Requests.file("read-archive", container, path), Call.UNLIMITED, sink);
    }

    @Override
    public void writeArchive(String container, String path, InputStream archive, boolean owners) {
        transfers.write(
                Requests.file("write-archive", container, path).put("owners", owners),
                Call.UNLIMITED,
                archive);
    }

    @Override
    public void destroyContainer(String container) {
        try {
            call(Requests.of("destroy", container));
        } catch (GuestError e) {
            if (!e.isUnknown()) {
                throw e.asHyperException();
            }
        }
        connection.exits().forgetContainer(container);
    }

    @Override
    public void powerOff(Duration grace) {
        ask(Json.request("power-off").put("graceMillis", grace.toMillis()));
    }

    @Override
    public String waitUntilLost() {
        return connection.waitUntilLost();
    }

    @Override
    public void close() {
        connection.close();
    }

    private List<GuestList.Container> list() {
        return GuestList.of(ask(Json.request("list")));
    }

    private ObjectNode ask(ObjectNode request) {
        try {
            return call(request);
        } catch (GuestError e) {
            throw e.asHyperException();
        }
    }

    private ObjectNode call(ObjectNode request) throws GuestError {
        return connection.call(request, ANSWER);
    }
}
