// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.shell.CommandRunner;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Process;
import org.apache.felix.service.threadio.ThreadIO;
import org.jspecify.annotations.Nullable;

/** One command as a function of Gogo. */
final class HyperFunction implements Function {
    /** Variable with the exit code of the latest command. */
    static final String EXIT_CODE = "exit";

    private static final PrintStream DAEMON =
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);

    private final String name;
    private final CommandRunner runner;
    private final ThreadIO threadIo;

    HyperFunction(String name, CommandRunner runner, ThreadIO threadIo) {
        this.name = name;
        this.runner = runner;
        this.threadIo = threadIo;
    }

    @Override
    public @Nullable Object execute(CommandSession gogo, List<Object> arguments) {
        var words = new ArrayList<String>();
        words.add(name);
        arguments.forEach(argument -> words.add(String.valueOf(argument)));
        var process = Process.Utils.current();
        int code = run(words, gogo, process);
        gogo.put(EXIT_CODE, code);
        process.error(code);
        return null;
    }

    private int run(List<String> words, CommandSession gogo, Process process) {
        var origin = Origin.of(gogo);
        if (origin.isEmpty()) {
            process.err().println("hyperctl: open this shell with 'hyperctl shell'");
            return CommandRunner.DAEMON_ERROR;
        }
        var session = new GogoSession(origin.get(), process);
        // On Gogo's threads System.out and err lead to the client; what the daemon logs must not.
        threadIo.setStreams(InputStream.nullInputStream(), DAEMON, DAEMON);
        try {
            return runner.run(words, session);
        } finally {
            threadIo.close();
            session.rawMode(false);
            origin.get().relay().toShell();
            session.out().flush();
            session.err().flush();
        }
    }
}
