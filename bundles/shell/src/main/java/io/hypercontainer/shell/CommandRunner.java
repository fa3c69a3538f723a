// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.socket.CommandHandler;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.ParameterException;

/** Runs a command line: finds the command, fills in its fields, reports its errors. */
@Component(service = CommandRunner.class)
public final class CommandRunner implements CommandHandler {
    /** The command line is wrong, or the daemon cannot do what it says. */
    public static final int DAEMON_ERROR = 125;

    private static final Logger LOG = LoggerFactory.getLogger(CommandRunner.class);
    private static final int DEFECT = 125;
    private static final int INTERRUPTED = 130;

    /** How long a command may be away while its bundle is exchanged. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final CommandCatalog catalog;
    private final Duration patience;

    /**
     * Makes a runner.
     *
     * @param catalog the commands
     */
    @Activate
    public CommandRunner(@Reference CommandCatalog catalog) {
        this(catalog, PATIENCE);
    }

    CommandRunner(CommandCatalog catalog, Duration patience) {
        this.catalog = catalog;
        this.patience = patience;
    }

    @Override
    public int run(List<String> words, Session session) {
        if (words.isEmpty() || isHelp(words.getFirst())) {
            session.out().print(Usage.overview(catalog));
            return 0;
        }
        if (words.getFirst().equals("--version") || words.getFirst().equals("-v")) {
            return run(List.of("version", "--short"), session);
        }
        var match = catalog.find(words);
        if (match.isPresent()) {
            return run(match.get(), session);
        }
        var family = words.getFirst();
        if (!catalog.below(family).isEmpty() && (words.size() == 1 || isHelp(words.get(1)))) {
            session.out().print(Usage.family(catalog, family));
            return 0;
        }
        return catalog.hasGone(words) ? gone(words, session) : unknown(words, session);
    }

    private int gone(List<String> words, Session session) {
        try {
            var match = catalog.awaitReturn(words, patience);
            if (match.isPresent()) {
                return run(match.get(), session);
            }
        } catch (Interrupted e) {
            return INTERRUPTED;
        }
        return fail(
                session,
                "'"
                        + words.getFirst()
                        + "' is not available: its bundle or one that it needs is stopped (see"
                        + " 'felix:lb' in 'hyperctl shell')",
                DAEMON_ERROR);
    }

    private static boolean isHelp(String word) {
        return word.equals("--help") || word.equals("-h");
    }

    private int unknown(List<String> words, Session session) {
        var first = words.getFirst();
        var below = catalog.below(first);
        boolean option = first.startsWith("-");
        var typed = below.isEmpty() || words.size() == 1 ? first : first + " " + words.get(1);
        var close =
                below.isEmpty()
                        ? CloseNames.of(first, catalog.firstWords())
                        : CloseNames.of(words.get(1), below.keySet());
        session.err()
                .printf(
                        "hyperctl: %s%s%n",
                        option ? "unknown option: " + first : "unknown command: '" + typed + "'",
                        close.isEmpty() ? "" : " (did you mean " + String.join(", ", close) + "?)");
        session.err().printf("See 'hyperctl %s--help'%n", below.isEmpty() ? "" : first + " ");
        return DAEMON_ERROR;
    }

    private int run(CommandCatalog.Match match, Session session) {
        Command command;
        try {
            command = match.entry().source().create();
        } catch (RuntimeException e) {
            LOG.error("Cannot make command {}", match.typed(), e);
            return fail(
                    session,
                    "'"
                            + match.typed()
                            + "' is not available: its bundle is being stopped or updated",
                    DAEMON_ERROR);
        }
        try {
            return run(match, command, session);
        } finally {
            match.entry().source().release(command);
        }
    }

    private int run(CommandCatalog.Match match, Command command, Session session) {
        int failureCode = 1;
        try {
            var model = new CommandModel(command);
            failureCode = model.failureCode();
            if (model.parse(match.arguments())) {
                session.out().print(Usage.command(match.typed(), model));
                return 0;
            }
            return command.run(session);
        } catch (ParameterException e) {
            return wrongUsage(match, e, session);
        } catch (Interrupted | InterruptedIOException e) {
            LOG.debug("{} interrupted", match.typed(), e);
            return INTERRUPTED;
        } catch (HyperException e) {
            LOG.debug("{} failed", match.typed(), e);
            return fail(session, oneLine(e), failureCode);
        } catch (IOException e) {
            LOG.debug("{} failed", match.typed(), e);
            return fail(session, oneLine(e), failureCode);
        } catch (RuntimeException | Error e) {
            LOG.error("Command {} failed by a defect", match.typed(), e);
            return fail(
                    session,
                    "internal error in '%s': %s (the daemon's log has the details)"
                            .formatted(match.typed(), e),
                    DEFECT);
        }
    }

    private static int wrongUsage(
            CommandCatalog.Match match, ParameterException e, Session session) {
        var message = oneLine(e);
        var text =
                message.isEmpty()
                        ? message
                        : Character.toLowerCase(message.charAt(0)) + message.substring(1);
        fail(session, text, DAEMON_ERROR);
        // Subclasses are about the shape of the command line, the class itself about a value.
        if (e.getClass() != ParameterException.class) {
            session.err().printf("Run 'hyperctl %s --help' for more information%n", match.typed());
        }
        return DAEMON_ERROR;
    }

    private static int fail(Session session, String message, int code) {
        session.out().flush();
        session.err().println("hyperctl: " + message);
        return code;
    }

    private static String oneLine(Exception e) {
        var message = e.getMessage() == null ? e.toString() : e.getMessage();
        return message.replaceAll("\\s*[\\r\\n]+\\s*", ": ");
    }
}
