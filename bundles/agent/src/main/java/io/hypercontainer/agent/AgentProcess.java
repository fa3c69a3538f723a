// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.TerminalSize;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** A process over one connection. */
final class AgentProcess implements GuestProcess {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    /** Its streams and their ids. */
    record Streams(StreamIds ids, OutputStream stdin, InputStream stdout, InputStream stderr) {}

    private final Connection connection;
    private final Exits.Key key;
    private final int pid;
    private final boolean terminal;
    private final Streams streams;

    /** How it ended, once that was seen: the connection forgets it with the acknowledgement. */
    private volatile @Nullable ExitStatus exit;

    AgentProcess(Connection connection, Exits.Key key, int pid, boolean terminal, Streams streams) {
        this.connection = connection;
        this.key = key;
        this.pid = pid;
        this.terminal = terminal;
        this.streams = streams;
    }

    @Override
    public String id() {
        return key.process();
    }

    @Override
    public int pid() {
        return pid;
    }

    @Override
    public OutputStream stdin() {
        return streams.stdin();
    }

    @Override
    public InputStream stdout() {
        return streams.stdout();
    }

    @Override
    public InputStream stderr() {
        return streams.stderr();
    }

    @Override
    public void resize(TerminalSize size) {
        if (terminal) {
            askIfAlive(request("resize").put("rows", size.rows()).put("columns", size.columns()));
        }
    }

    @Override
    public void signal(int signal) {
        askIfAlive(request("signal").put("signal", signal));
    }

    @Override
    public Optional<ExitStatus> waitFor(Duration timeout) {
        ExitStatus known = exit;
        if (known != null) {
            return Optional.of(known);
        }
        Optional<ExitStatus> status = connection.exits().await(key, timeout);
        status.ifPresent(s -> exit = s);
        return status;
    }

    @Override
    public void acknowledge() {
        waitFor(Duration.ZERO);
        try {
            connection.call(request("acknowledge"), ANSWER);
            connection.exits().forget(key);
        } catch (GuestError e) {
            if (!e.isUnknown()) {
                throw e.asHyperException();
            }
        }
    }

    /** The guest refuses with {@code conflict} or {@code unknown} when the process has ended. */
    private void askIfAlive(ObjectNode request) {
        try {
            connection.call(request, ANSWER);
        } catch (GuestError e) {
            if (!e.isGone()) {
                throw e.asHyperException();
            }
        }
    }

    private ObjectNode request(String operation) {
        return Requests.of(operation, key.container(), key.process());
    }
}
