// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.command.SessionEvent;
import io.hypercontainer.shell.archive.FileStatus;
import io.hypercontainer.shell.archive.Folder;
import io.hypercontainer.shell.archive.Packer;
import io.hypercontainer.shell.archive.RawText;
import io.hypercontainer.shell.archive.Unpacker;
import io.hypercontainer.shell.format.Visible;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A session over the client protocol. */
final class ClientSession implements Session {
    private static final int SIGHUP = 1;
    private static final int SIGINT = 2;
    private static final int SIGTERM = 15;
    private static final int EVENTS = 256;
    private static final int MODE = 0644;

    private final Invocation invocation;
    private final FrameWriter writer;
    private final Consumer<SessionEvent> unheard;
    private final CreditedInput in;
    private final PrintStream out;
    private final PrintStream err;
    private final ClientFiles files;
    private final LinkedBlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>(EVENTS);
    private volatile TerminalSize size;
    private volatile @Nullable Consumer<SessionEvent> listener;
    private @Nullable Thread eventThread;

    /** {@code interrupt} is told of signals that end a command that does not listen. */
    ClientSession(
            Invocation invocation, FrameWriter writer, java.util.function.IntConsumer interrupt) {
        this.invocation = invocation;
        this.writer = writer;
        this.size = invocation.size();
        this.unheard =
                event -> {
                    if (event instanceof SessionEvent.Signal(int number)
                            && (number == SIGINT || number == SIGTERM || number == SIGHUP)) {
                        interrupt.accept(number);
                    }
                };
        this.in = new CreditedInput(count -> writer.send(Frame.of(FrameType.STDIN_CREDIT, count)));
        this.out = ClientOutput.print(writer, FrameType.STDOUT, false);
        this.err = ClientOutput.print(writer, FrameType.STDERR, true);
        this.files = new ClientFiles(writer);
    }

    /** Serves a frame that came after the invocation. */
    void receive(Frame frame) throws ProtocolException {
        var payload = frame.read();
        switch (frame.type()) {
            case FrameType.STDIN -> in.receive(payload.rest());
            case FrameType.STDIN_EOF -> {
                if (inIsTerminal()) {
                    in.pause();
                } else {
                    in.end();
                }
            }
            case FrameType.RESIZE -> {
                size = new TerminalSize(payload.u16(), payload.u16());
                tell(new SessionEvent.Resize(size));
            }
            case FrameType.SIGNAL -> tell(new SessionEvent.Signal(payload.u8()));
            case FrameType.FILE_OPENED,
                    FrameType.FILE_CONTENT,
                    FrameType.FILE_DONE,
                    FrameType.FILE_ERROR ->
                    files.receive(frame.type(), payload);
            default -> throw new ProtocolException("a frame of type " + frame.type());
        }
    }

    private void tell(SessionEvent event) {
        if (listener == null) {
            unheard.accept(event);
        } else {
            // Lost only if the listener is 256 events behind.
            events.offer(event);
        }
    }

    /** The client will send nothing more. */
    void clientLeft() {
        in.fail(new IOException("the client is gone"));
        files.clientLeft();
    }

    /** Sends what is still buffered; afterwards nothing of the session is of use. */
    void finish() throws IOException {
        synchronized (this) {
            if (eventThread != null) {
                eventThread.interrupt();
            }
        }
        out.flush();
        err.flush();
        files.closeAll();
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public PrintStream out() {
        return out;
    }

    @Override
    public PrintStream err() {
        return err;
    }

    @Override
    public Optional<TerminalSize> terminal() {
        return inIsTerminal() && outIsTerminal() ? Optional.of(size) : Optional.empty();
    }

    @Override
    public boolean outIsTerminal() {
        return invocation.outTerminal();
    }

    @Override
    public boolean inIsTerminal() {
        return invocation.inTerminal();
    }

    @Override
    public Map<String, String> environment() {
        return invocation.environment();
    }

    @Override
    public String workingDirectory() {
        return invocation.directory();
    }

    @Override
    public void rawMode(boolean raw) {
        if (!inIsTerminal()) {
            return;
        }
        try {
            out.flush(); // what was printed before belongs to the mode before
            writer.send(Frame.ofByte(FrameType.RAW_MODE, raw ? 1 : 0));
        } catch (IOException e) {
            // The terminal is gone with its client; whoever reads or writes next learns of it.
        }
    }

    @Override
    public synchronized void onEvent(Consumer<SessionEvent> newListener) {
        listener = newListener;
        if (eventThread == null) {
            eventThread = Thread.ofVirtual().name("session-events").start(this::deliver);
        }
    }

    private void deliver() {
        try {
            while (true) {
                var event = events.take();
                var current = listener;
                if (current != null) {
                    current.accept(event);
                }
            }
        } catch (InterruptedException e) {
            // The command has ended.
        }
    }

    @Override
    public InputStream read(String path) throws IOException {
        return files.read(RawText.of(path));
    }

    @Override
    public OutputStream write(String path) throws IOException {
        return files.write(FileRequest.write(0, RawText.of(path), MODE, Instant.EPOCH));
    }

    @Override
    public Optional<PathStat> stat(String path, boolean follow) throws IOException {
        return files.look(RawText.of(path), follow).map(status -> stat(path, status));
    }

    private static PathStat stat(String path, FileStatus status) {
        return new PathStat(
                path.substring(path.lastIndexOf('/') + 1),
                status.size(),
                status.mode(),
                status.modified(),
                RawText.text(status.target()));
    }

    @Override
    public void readArchive(String path, boolean follow, String name, OutputStream sink)
            throws IOException {
        new Packer(files, sink, skipped -> skip("read", skipped))
                .pack(RawText.of(path), follow, RawText.of(name));
    }

    @Override
    public void writeArchive(String path, Optional<String> name, InputStream archive)
            throws IOException {
        try (Folder folder = files.open(RawText.of(path))) {
            new Unpacker(folder, name.map(RawText::of), skipped -> skip("made", skipped))
                    .unpack(archive);
        }
    }

    private void skip(String what, String file) {
        err.println(
                "hyperctl: "
                        + Visible.of(file)
                        + " is neither file, folder nor link and was not "
                        + what);
    }
}
