// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.felix.service.command.Process;

/**
 * A command in a pipeline of a client's Gogo shell. Streams that lead to the client are the
 * client's own: Gogo's view of them does not flush, and is closed by an interrupt.
 */
final class GogoSession implements Session {
    private static final int STDIN = 0;
    private static final int STDOUT = 1;
    private static final int STDERR = 2;

    private final Origin origin;
    private final Process process;

    GogoSession(Origin origin, Process process) {
        this.origin = origin;
        this.process = process;
    }

    @Override
    public InputStream in() {
        return process.isTty(STDIN) ? origin.session().in() : process.in();
    }

    @Override
    public PrintStream out() {
        return process.isTty(STDOUT) ? origin.session().out() : process.out();
    }

    @Override
    public PrintStream err() {
        return process.isTty(STDERR) ? origin.session().err() : process.err();
    }

    @Override
    public Optional<TerminalSize> terminal() {
        return process.isTty(STDIN) && process.isTty(STDOUT)
                ? origin.session().terminal()
                : Optional.empty();
    }

    @Override
    public boolean outIsTerminal() {
        return process.isTty(STDOUT) && origin.session().outIsTerminal();
    }

    @Override
    public boolean inIsTerminal() {
        return process.isTty(STDIN) && origin.session().inIsTerminal();
    }

    @Override
    public Map<String, String> environment() {
        return origin.session().environment();
    }

    @Override
    public String workingDirectory() {
        return origin.session().workingDirectory();
    }

    @Override
    public void rawMode(boolean raw) {
        if (inIsTerminal()) {
            origin.session().rawMode(raw);
        }
    }

    @Override
    public void onEvent(Consumer<SessionEvent> listener) {
        origin.relay().toCommand(listener);
    }

    @Override
    public InputStream read(String path) throws IOException {
        return origin.session().read(path);
    }

    @Override
    public OutputStream write(String path) throws IOException {
        return origin.session().write(path);
    }

    @Override
    public Optional<PathStat> stat(String path, boolean follow) throws IOException {
        return origin.session().stat(path, follow);
    }

    @Override
    public void readArchive(String path, boolean follow, String name, OutputStream sink)
            throws IOException {
        origin.session().readArchive(path, follow, name, sink);
    }

    @Override
    public void writeArchive(String folder, Optional<String> name, InputStream archive)
            throws IOException {
        origin.session().writeArchive(folder, name, archive);
    }
}
