// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.shell.CommandRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;

/** One command as a function of Gogo. */
final class HyperFunction implements Function {
    /** Variable with the exit code of the latest command. */
    static final String EXIT_CODE = "exit";

    private final String name;
    private final CommandRunner runner;

    HyperFunction(String name, CommandRunner runner) {
        this.name = name;
        this.runner = runner;
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
        try {
            return runApart(() -> runner.run(words, session));
        } finally {
            session.rawMode(false);
            origin.get().relay().toShell();
            session.out().flush();
            session.err().flush();
        }
    }

    /**
     * On a thread of the daemon's own: on Gogo's, System.out and err lead to the client, and what
     * the daemon logs there would too.
     */
    private static int runApart(IntSupplier command) {
        int[] code = {CommandRunner.DAEMON_ERROR};
        var thread =
                Thread.ofVirtual()
                        .name("hyperctl shell function")
                        .inheritInheritableThreadLocals(false)
                        .start(() -> code[0] = command.getAsInt());
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
                thread.interrupt();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return code[0];
    }
}
