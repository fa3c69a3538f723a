// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import io.hypercontainer.shell.Completion;
import java.io.IOException;
import java.util.List;
import org.apache.felix.gogo.jline.Parser;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Sessions of Gogo for clients. */
final class GogoShell {
    private static final Logger LOG = LoggerFactory.getLogger(GogoShell.class);
    private static final String PROMPT = "hyper> ";
    private static final String CONTINUED = "%N     > ";
    private static final List<String> GOODBYES = List.of("exit", "quit", "logout");
    private static final int FAILED = 1;
    private static final int NOT_FOUND = 127;
    private static final int SIGNALLED = 128;
    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;

    private final CommandProcessor processor;
    private final Completion completion;

    GogoShell(CommandProcessor processor, Completion completion) {
        this.processor = processor;
        this.completion = completion;
    }

    /** Runs a script; returns the exit code of its last command. */
    int run(String script, List<String> arguments, Session session) {
        int[] signal = {0};
        try (var gogo = open(session)) {
            prepare(
                    gogo,
                    session,
                    event -> {
                        if (event instanceof SessionEvent.Signal(int number) && ends(number)) {
                            signal[0] = number;
                            interruptJob(gogo);
                        }
                    });
            for (int i = 0; i < arguments.size(); i++) {
                gogo.put(Integer.toString(i + 1), arguments.get(i));
            }
            int code = execute(gogo, script, session);
            return signal[0] == 0 ? code : SIGNALLED + signal[0];
        }
    }

    /** Edits and runs lines until the client has enough. */
    int interact(Session session) throws IOException {
        try (var terminal = new ClientTerminal(session);
                var gogo = open(session)) {
            prepare(
                    gogo,
                    session,
                    event -> {
                        switch (event) {
                            case SessionEvent.Resize(var size) -> terminal.resize(size);
                            case SessionEvent.Signal(int number) -> {
                                if (ends(number)) {
                                    interruptJob(gogo);
                                }
                            }
                        }
                    });
            var reader = reader(terminal, gogo);
            var history = new ShellHistory(session, reader.getHistory());
            history.load();
            int code = loop(reader, terminal, gogo, session);
            history.save();
            return code;
        }
    }

    private CommandSession open(Session session) {
        return processor.createSession(
                session.in(), new FlushedOutput(session.out()), new FlushedOutput(session.err()));
    }

    private static void prepare(
            CommandSession gogo,
            Session session,
            java.util.function.Consumer<SessionEvent> onEvent) {
        var relay = new SignalRelay(onEvent);
        session.onEvent(relay);
        new Origin(session, relay).putInto(gogo);
        gogo.put("SCOPE", GogoFunctions.SCOPE + ":*");
    }

    private LineReader reader(ClientTerminal terminal, CommandSession gogo) {
        return LineReaderBuilder.builder()
                .terminal(terminal)
                .appName("hyperctl")
                .parser(new Parser())
                .completer(new ShellCompleter(completion, gogo))
                .variable(LineReader.SECONDARY_PROMPT_PATTERN, CONTINUED)
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.AUTO_FRESH_LINE, false)
                .build();
    }

    private static int loop(
            LineReader reader, ClientTerminal terminal, CommandSession gogo, Session session) {
        int code = 0;
        while (!Thread.currentThread().isInterrupted()) {
            String line;
            session.rawMode(true);
            try {
                line = terminal.edit(() -> reader.readLine(PROMPT));
            } catch (UserInterruptException e) {
                continue; // ctrl-C: a new line
            } catch (EndOfFileException e) {
                return code; // ctrl-D
            } finally {
                session.rawMode(false);
            }
            if (GOODBYES.contains(line.strip())) {
                return code;
            }
            code = execute(gogo, line, session);
        }
        return code;
    }

    private static int execute(CommandSession gogo, String script, Session session) {
        gogo.put(HyperFunction.EXIT_CODE, 0);
        try {
            var result = gogo.execute(script);
            if (result != null && !result.toString().isEmpty()) {
                session.out().println(gogo.format(result, Converter.INSPECT));
            }
            session.out().flush();
            return gogo.get(HyperFunction.EXIT_CODE) instanceof Integer code ? code : 0;
        } catch (CommandNotFoundException e) {
            return fail(session, e.getCommand() + ": command not found", NOT_FOUND);
        } catch (InterruptedException e) {
            // The job was, and with it we; whether the client is gone is seen at its input.
            LOG.debug("script interrupted", e);
            return SIGNALLED + SIGINT;
        } catch (Exception e) {
            LOG.debug("script failed", e);
            return fail(session, e.getMessage() == null ? e.toString() : e.getMessage(), FAILED);
        }
    }

    private static int fail(Session session, String message, int code) {
        session.out().flush();
        session.err().println("hyperctl: " + message);
        return code;
    }

    private static boolean ends(int signal) {
        return signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
    }

    private static void interruptJob(CommandSession gogo) {
        var job = gogo.foregroundJob();
        if (job != null) {
            job.interrupt();
        }
    }
}
