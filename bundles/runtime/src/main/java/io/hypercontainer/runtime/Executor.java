// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.CannotExecute;
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

/** Starts further processes in running containers. */
final class Executor {
    private final Supervisor supervisor;
    private final Duration patience;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param patience how long a guest is waited for that does not answer just now
     */
    Executor(Supervisor supervisor, Duration patience, Clock clock) {
        this.supervisor = supervisor;
        this.patience = patience;
        this.clock = clock;
    }

    Attachment exec(ManagedContainer container, Run run, ExecSpec spec) throws CannotExecute {
        ProcessSpec process = process(container.record(), spec);
        ProcessSession session =
                new ProcessSession(
                        new ProcessSession.Kind(
                                process.id(), spec.terminal().isPresent(), spec.stdin(), 0, 0),
                        ProcessSession.Output.NONE);
        Attachment attachment = session.attach(session.end());
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

    private ProcessSpec process(ContainerRecord container, ExecSpec spec) {
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
                "exec-" + HexFormat.of().formatHex(id),
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
                List.of(),
                List.of());
    }
}
