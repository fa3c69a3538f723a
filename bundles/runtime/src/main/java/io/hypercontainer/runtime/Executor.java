// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.runtime.spec.Environment;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.store.ContainerRecord;
import io.hypercontainer.runtime.stream.ProcessSession;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Starts further processes in running containers. */
final class Executor {
    /** Begins the ids of processes that check a container's health. */
    static final String CHECK = "health-";

    private final Supervisor supervisor;
    private final Happenings happenings;
    private final Duration patience;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    Executor(Supervisor supervisor, Happenings happenings, Duration patience, Clock clock) {
        this.supervisor = supervisor;
        this.happenings = happenings;
        this.patience = patience;
        this.clock = clock;
    }

    Attachment exec(ManagedContainer container, Run run, ExecSpec spec) throws CannotExecute {
        ContainerRecord record = container.record();
        ProcessSpec process = process(record, "exec-", spec);
        String id = process.id().substring("exec-".length());
        String command = ": " + String.join(" ", spec.args());
        happenings.container(record, "exec_create" + command, Map.of("execID", id));
        ProcessSession session = session(process);
        Attachment attachment = start(container, run, process, session);
        happenings.container(record, "exec_start" + command, Map.of("execID", id));
        var _ = session.end().thenAccept(status -> tellEnd(container, id, status));
        return attachment;
    }

    private void tellEnd(ManagedContainer container, String id, ExitStatus status) {
        happenings.container(
                container.record(),
                "exec_die",
                Map.of("execID", id, "exitCode", Integer.toString(status.exitCode())));
    }

    /** Executes a command that looks whether a container is well; nobody is told of it. */
    Attachment check(ManagedContainer container, Run run, List<String> command)
            throws CannotExecute {
        ExecSpec spec =
                new ExecSpec(
                        command,
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        false);
        if (run.isOver()) {
            throw new Conflict("container " + container.record().shortId() + " is not running");
        }
        ProcessSpec process = process(container.record(), CHECK, spec);
        return start(container, run, process, session(process));
    }

    private static ProcessSession session(ProcessSpec process) {
        return new ProcessSession(
                new ProcessSession.Kind(
                        process.id(), process.terminal().isPresent(), process.stdin(), 0, 0),
                ProcessSession.Output.NONE);
    }

    private Attachment start(
            ManagedContainer container, Run run, ProcessSpec process, ProcessSession session)
            throws CannotExecute {
        Attachment attachment = session.attach(session.end(), signal -> {});
        GuestProcess started = run.pod().await(patience).start(container.id(), process);
        session.feed(started);
        run.execs().put(session.id(), session);
        supervisor.serveExec(container, run, session);
        if (run.isOver()) {
            // It ended between the start and the entry in the table that its end goes through.
            run.closeExecs(clock.instant());
        }
        return attachment;
    }

    private ProcessSpec process(ContainerRecord container, String kind, ExecSpec spec) {
        if (spec.args().isEmpty() || spec.args().getFirst().isEmpty()) {
            throw new InvalidSpec("no command to execute is given");
        }
        Grammar.words(spec.args(), "command");
        Environment env = new Environment().with(container.spec().env());
        if (spec.terminal().isPresent()) {
            env.with(List.of("TERM=xterm"));
        }
        List<String> variables = env.with(spec.env()).list();
        Grammar.words(variables, "environment");
        byte[] id = new byte[8];
        random.nextBytes(id);
        return new ProcessSpec(
                kind + HexFormat.of().formatHex(id),
                spec.args(),
                variables,
                spec.workdir()
                        .filter(w -> !w.isEmpty())
                        .map(w -> Grammar.guestPath(w, "working directory"))
                        .orElse(container.spec().workdir()),
                spec.user().orElse(container.spec().user()),
                spec.terminal(),
                spec.stdin(),
                spec.privileged() || container.options().privileged(),
                container.spec().groups(),
                container.spec().ulimits());
    }
}
