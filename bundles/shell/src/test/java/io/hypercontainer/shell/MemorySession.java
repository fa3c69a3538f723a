// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Keeps what a command prints. */
final class MemorySession implements Session {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream outPrinter = new PrintStream(out, false, StandardCharsets.UTF_8);
    private final PrintStream errPrinter = new PrintStream(err, true, StandardCharsets.UTF_8);

    String printed() {
        outPrinter.flush();
        return out.toString(StandardCharsets.UTF_8);
    }

    String errors() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public InputStream in() {
        return InputStream.nullInputStream();
    }

    @Override
    public PrintStream out() {
        return outPrinter;
    }

    @Override
    public PrintStream err() {
        return errPrinter;
    }

    @Override
    public Optional<TerminalSize> terminal() {
        return Optional.empty();
    }

    @Override
    public boolean outIsTerminal() {
        return false;
    }

    @Override
    public boolean inIsTerminal() {
        return false;
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public String workingDirectory() {
        return "/";
    }

    @Override
    public void rawMode(boolean raw) {}

    @Override
    public void onEvent(Consumer<SessionEvent> listener) {}

    @Override
    public InputStream read(String path) throws IOException {
        throw new IOException(path + ": no files here");
    }

    @Override
    public OutputStream write(String path) throws IOException {
        throw new IOException(path + ": no files here");
    }

    @Override
    public Optional<PathStat> stat(String path, boolean follow) {
        throw new UnsupportedOperationException("only the real client has files to look at");
    }

    @Override
    public void readArchive(String path, boolean follow, String name, OutputStream sink) {
        throw new UnsupportedOperationException("only the real client has folders");
    }

    @Override
    public void writeArchive(String folder, Optional<String> name, InputStream archive) {
        throw new UnsupportedOperationException("only the real client has folders");
    }
}
