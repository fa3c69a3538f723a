// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.ExecSpec;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.DetachKeys;
import io.hypercontainer.shell.command.option.EnvOption;
import io.hypercontainer.shell.command.stream.Foreground;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code exec}: runs a further process in a running container. */
@CommandLine.Command(
        name = "exec",
        aliases = "container exec",
        exitCodeOnExecutionException = Exits.DAEMON_ERROR,
        description = "Execute a command in a running container",
        footer = {
            "",
            "Examples:",
            "  hyperctl exec web ps",
            "  hyperctl exec -it web sh",
            "  hyperctl exec -e LEVEL=debug -w /srv web ./tool --all"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ExecCommand implements Command {
    /** A process may leave others behind that keep its output open for ever. */
    private static final Duration LINGER = Duration.ofSeconds(10);

    private final Runtime runtime;

    @Option(
            names = {"-d", "--detach"},
            description = "Run the command in the background")
    private boolean detach;

    @Option(
            names = {"-i", "--interactive"},
            description = "Keep standard input open even if not attached")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "Allocate a pseudo-TTY")
    private boolean tty;

    @Option(
            names = {"-e", "--env"},
            paramLabel = "NAME=VALUE",
            description = "Set environment variables; without a value, the client's")
    private List<String> env = new ArrayList<>();

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "Read in a file of environment variables")
    private List<String> envFiles = new ArrayList<>();

    @Option(
            names = {"-u", "--user"},
            paramLabel = "USER:GROUP",
            description = "User name or number, group name or number")
    private Optional<String> user = Optional.empty();

    @Option(
            names = {"-w", "--workdir"},
            paramLabel = "FOLDER",
            description = "Working directory inside the container")
    private Optional<String> workdir = Optional.empty();

    @Option(names = "--privileged", description = "Give all capabilities to the command")
    private boolean privileged;

    @Option(
            names = "--detach-keys",
            paramLabel = "KEYS",
            description = "Keys that leave the command running (default ctrl-p,ctrl-q)")
    private String detachKeys = "";

    @Parameters(index = "0", paramLabel = Candidates.CONTAINER, description = "Running container")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "Program and arguments")
    private List<String> command = new ArrayList<>();

    /**
     * @param runtime has the container
     */
    @Activate
    public ExecCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        boolean input = interactive && !detach;
        Foreground.checkTerminal(session, input, tty);
        Foreground.Wish wish =
                new Foreground.Wish(
                        input, true, DetachKeys.parse(detachKeys), false, Optional.of(LINGER));
        ExecSpec spec =
                new ExecSpec(
                        command,
                        EnvOption.parse(session, envFiles, env),
                        user,
                        workdir,
                        tty
                                ? session.terminal().or(() -> Optional.of(new TerminalSize(0, 0)))
                                : Optional.empty(),
                        input,
                        privileged);
        try {
            Attachment process = runtime.containers().exec(name, spec);
            if (detach) {
                process.close();
                return 0;
            }
            return Foreground.run(session, process, wish);
        } catch (CannotExecute e) {
            Complaint.print(session, e);
            return e.exitCode();
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::running)
                : List.of();
    }
}
