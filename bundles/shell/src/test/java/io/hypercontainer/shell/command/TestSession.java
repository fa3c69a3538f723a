// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A session in memory. */
public final class TestSession implements Session {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Map<String, String> environment = new HashMap<>();
    private final Map<String, byte[]> files = new HashMap<>();
    private final List<Boolean> rawModes = new ArrayList<>();
    private final CompletableFuture<Consumer<SessionEvent>> listener = new CompletableFuture<>();
    private PrintStream outStream = new PrintStream(out, true, UTF_8);
    private final PrintStream errStream = new PrintStream(err, true, UTF_8);
    private InputStream in = InputStream.nullInputStream();
    private Optional<TerminalSize> terminal = Optional.empty();
    private String workingDirectory = "/home/user";

    /** Gives it a variable. */
    public TestSession variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** Gives the client a file. */
    public TestSession file(String path, String content) {
        return file(path, content.getBytes(UTF_8));
    }

    /** Gives the client a file. */
    public TestSession file(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    /** Lets it read this, to the end. */
    public TestSession input(String text) {
        return input(new ByteArrayInputStream(text.getBytes(UTF_8)));
    }

    /** Lets it read from a stream. */
    public TestSession input(InputStream stream) {
        in = stream;
        return this;
    }

    /** Lets its output go elsewhere. */
    public TestSession output(OutputStream stream) {
        outStream = new PrintStream(stream, true, UTF_8);
        return this;
    }

    /** Makes input and output a terminal. */
    public TestSession onTerminal(int rows, int columns) {
        terminal = Optional.of(new TerminalSize(rows, columns));
        return this;
    }

    /** Moves the client. */
    public TestSession at(String directory) {
        workingDirectory = directory;
        return this;
    }

    /** What was printed. */
    public String printed() {
        return out.toString(UTF_8);
    }

    /** What was complained about. */
    public String complaints() {
        return err.toString(UTF_8);
    }

    /** Each change between raw and usual, in order. */
    public List<Boolean> rawModes() {
        synchronized (rawModes) {
            return List.copyOf(rawModes);
        }
    }

    /** Sends an event once someone listens. */
    public void happen(SessionEvent event) {
        listener.join().accept(event);
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public PrintStream out() {
        return outStream;
    }

    @Override
    public PrintStream err() {
        return errStream;
    }

    @Override
    public Optional<TerminalSize> terminal() {
        return terminal;
    }

    @Override
    public boolean outIsTerminal() {
        return terminal.isPresent();
    }

    @Override
    public boolean inIsTerminal() {
        return terminal.isPresent();
    }

    @Override
    public Map<String, String> environment() {
        return environment;
    }

    @Override
    public String workingDirectory() {
        return workingDirectory;
    }

    @Override
    public void rawMode(boolean raw) {
        synchronized (rawModes) {
            if (rawModes.isEmpty() ? raw : rawModes.getLast() != raw) {
                rawModes.add(raw);
            }
        }
    }

    @Override
    public void onEvent(Consumer<SessionEvent> newListener) {
        listener.complete(newListener);
    }

    @Override
    public InputStream read(String path) throws IOException {
        byte[] content = files.get(path);
        if (content == null) {
            throw new IOException(path + ": No such file or directory");
        }
        return new ByteArrayInputStream(content);
    }

    @Override
    public OutputStream write(String path) {
        return new ByteArrayOutputStream() {
            @Override
            public void close() {
                files.put(path, toByteArray());
            }
        };
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
