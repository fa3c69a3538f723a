// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.runtime.Attachment;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;

/** A process of this host in the place of one in a container. */
final class HostProcess implements Attachment {
    private final Process process;
    private final boolean terminal;

    HostProcess(boolean terminal, String script) throws IOException {
        this.terminal = terminal;
        this.process = new ProcessBuilder("sh", "-c", script).start();
    }

    Process process() {
        return process;
    }

    @Override
    public OutputStream stdin() {
        return process.getOutputStream();
    }

    @Override
    public InputStream stdout() {
        return process.getInputStream();
    }

    @Override
    public InputStream stderr() {
        return process.getErrorStream();
    }

    @Override
    public boolean hasTerminal() {
        return terminal;
    }

    @Override
    public void resize(TerminalSize size) {}

    @Override
    public void signal(int signal) {
        try {
            new ProcessBuilder(List.of("kill", "-" + signal, Long.toString(process.pid())))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public ExitStatus waitFor() {
        try {
            return new ExitStatus(process.waitFor(), 0, false, Instant.EPOCH);
        } catch (InterruptedException e) {
            throw new Interrupted("waiting", e);
        }
    }

    /**
     * Leaves the process as it is; a reader of its output would not notice, but for an interrupt.
     */
    @Override
    public void close() {}
}
