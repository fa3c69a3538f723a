// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.ExitStatus;
import io.hypercontainer.api.agent.TerminalSize;
import java.io.InputStream;
import java.io.OutputStream;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A connection to a process in a container. Each of its streams has one reader or writer. Closing
 * it leaves the process as it is.
 */
@ProviderType
public interface Attachment extends AutoCloseable {
    /**
     * {@return the process' input; closing it is end of file for a process without a terminal.
     * Discards all if the container was made without an open standard input}
     */
    OutputStream stdin();

    /** {@return what it prints, from the moment of connecting} */
    InputStream stdout();

    /** {@return its error output; ends at once if the process has a terminal} */
    InputStream stderr();

    /** {@return whether the process has a terminal} */
    boolean hasTerminal();

    /**
     * Tells the terminal its new size; nothing happens without one.
     *
     * @param size the new size of its terminal
     */
    void resize(TerminalSize size);

    /**
     * Sends a signal.
     *
     * @param signal number of a signal for the process, in Linux on x86-64
     */
    void signal(int signal);

    /**
     * Waits for the end of the process. It may have output that has not been read yet.
     *
     * @return how it ended
     */
    ExitStatus waitFor();

    /** Disconnects. */
    @Override
    void close();
}
