// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.Completion;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.felix.service.command.CommandProcessor;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code hyperctl shell}. */
@CommandLine.Command(
        name = ShellCommand.NAME,
        description = {
            "Open the daemon's Gogo shell",
            "",
            "Without arguments and on a terminal, lines are edited and completed; otherwise the script is",
            "run. All commands of hyperctl are there, with pipes, variables and loops around them."
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ShellCommand implements Command {
    /** The command's name. */
    public static final String NAME = "shell";

    private static final int SCRIPT_LIMIT = 1024 * 1024;

    @CommandLine.Option(
            names = {"-c", "--command"},
            paramLabel = "SCRIPT",
            description = "Run this text")
    @Nullable String text;

    @CommandLine.Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            description = "Run this file; '-' or nothing is standard input")
    @Nullable String file;

    @CommandLine.Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "ARG",
            description = "Variables $1, $2 ... of the script")
    List<String> arguments = List.of();

    private final GogoShell shell;

    /**
     * Makes the command.
     *
     * @param processor makes Gogo's sessions
     * @param completion knows what Tab proposes
     */
    @Activate
    public ShellCommand(@Reference CommandProcessor processor, @Reference Completion completion) {
        this.shell = new GogoShell(processor, completion);
    }

    @Override
    public int run(Session session) throws IOException {
        if (text != null) {
            return shell.run(text, arguments, session);
        }
        if (file == null && session.terminal().isPresent()) {
            return shell.interact(session);
        }
        return shell.run(script(session), arguments, session);
    }

    private String script(Session session) throws IOException {
        if (file == null || file.equals("-")) {
            return read(session.in());
        }
        try (var in = session.read(file)) {
            return read(in);
        }
    }

    private static String read(InputStream in) throws IOException {
        byte[] bytes = in.readNBytes(SCRIPT_LIMIT + 1);
        if (bytes.length > SCRIPT_LIMIT) {
            throw new InvalidSpec("the script is longer than " + SCRIPT_LIMIT + " bytes");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
