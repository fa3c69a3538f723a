// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A process in a guest. Its streams are flow-controlled: a reader that does not read stops the
 * writer in the guest, and no other stream. Reads and writes throw {@link java.io.IOException} when
 * the connection is lost.
 */
@ConsumerType
public interface GuestProcess {
    /** Id of a container's first process. */
    String INIT = "init";

    /** {@return its id in the container} */
    String id();

    /** {@return its process id inside the container} */
    int pid();

    /**
     * {@return its standard input or its terminal; closing it is end of file for the process,
     * unless it has a terminal. Writes are discarded after the process has closed its end}
     */
    OutputStream stdin();

    /**
     * Its output, or all that its terminal prints. Bytes that a read returned count as dealt with
     * when the next read begins; until then the guest keeps them and a later connection can get
     * them again.
     *
     * @return the stream; end of file when every process that holds it is gone or has closed it
     */
    InputStream stdout();

    /** {@return its error output, as {@link #stdout}; at its end at once if it has a terminal} */
    InputStream stderr();

    /**
     * Tells the terminal its new size; nothing happens without one.
     *
     * @param size the new size of its terminal
     */
    void resize(TerminalSize size);

    /**
     * Sends a signal.
     *
     * @param signal number of the signal to send to it, in Linux on x86-64; nothing happens if it
     *     has ended
     */
    void signal(int signal);

    /**
     * Waits until it has ended.
     *
     * @param timeout how long at most
     * @return how it ended, or empty if it still runs
     * @throws io.hypercontainer.api.Unavailable if the connection is lost meanwhile
     */
    Optional<ExitStatus> waitFor(Duration timeout);

    /** Lets the guest forget the process; call it when its exit status is safe. */
    void acknowledge();
}
