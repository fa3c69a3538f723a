// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.jline.utils.InfoCmp;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's terminal for the line editor. It takes input only while a line is edited: in between,
 * input belongs to the command that runs.
 */
final class ClientTerminal extends LineDisciplineTerminal {
    private static final Logger LOG = LoggerFactory.getLogger(ClientTerminal.class);
    private static final String USUAL = "xterm-256color";

    private final Session session;

    ClientTerminal(Session session) throws IOException {
        super(
                "hyperctl",
                type(session.environment().getOrDefault("TERM", USUAL)),
                session.out(),
                StandardCharsets.UTF_8);
        this.session = session;
        session.terminal().ifPresent(this::resize);
    }

    /** Only what JLine knows itself: for others it would start a program with this very name. */
    private static String type(String wanted) {
        return InfoCmp.getLoadedInfoCmp(wanted) == null ? USUAL : wanted;
    }

    void resize(TerminalSize size) {
        setSize(new Size(size.columns(), size.rows()));
        raise(Signal.WINCH);
    }

    /** Keys that were typed before an interrupt are void, as on the kernel's terminals. */
    @Override
    public void raise(Signal signal) {
        if (signal == Signal.INT) {
            try {
                slaveInputPipe.flush();
                slaveInput.skipNBytes(slaveInput.available());
            } catch (IOException e) {
                LOG.debug("the input has ended: {}", e.getMessage());
            }
        }
        super.raise(signal);
    }

    /** Feeds input to the line editor while it works. */
    String edit(Supplier<String> editor) {
        var feed = Thread.ofVirtual().name("shell-input").start(this::feed);
        try {
            return editor.get();
        } finally {
            feed.interrupt();
            joinUninterruptibly(feed);
        }
    }

    private void feed() {
        byte[] keys = new byte[1024];
        try {
            int n;
            while ((n = session.in().read(keys)) > 0) {
                processInputBytes(keys, 0, n);
            }
            endInput();
        } catch (InterruptedIOException e) {
            LOG.trace("the line is complete", e);
        } catch (IOException e) {
            LOG.debug("no more input: {}", e.getMessage());
            endInput();
        }
    }

    private void endInput() {
        try {
            slaveInput.close();
        } catch (IOException e) {
            LOG.debug("closing the editor's input failed: {}", e.getMessage());
        }
    }

    private static void joinUninterruptibly(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
