// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.command;

import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.TerminalSize;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a command was typed: its streams, terminal, environment and files. Only the thread that
 * runs the command, and threads that it started, may use it, and not after the command has
 * returned.
 */
@ProviderType
public interface Session {
    /** {@return standard input; nothing is taken from the client before the first read} */
    InputStream in();

    /**
     * {@return standard output, UTF-8, flushed when the command returns; binary data may be written
     * to it as well}
     */
    PrintStream out();

    /** {@return error output, UTF-8, flushed at each line} */
    PrintStream err();

    /** {@return the size of the terminal if standard input and output are one} */
    Optional<TerminalSize> terminal();

    /** {@return whether standard output is a terminal, so that bars and colours may be used} */
    boolean outIsTerminal();

    /** {@return whether standard input is a terminal} */
    boolean inIsTerminal();

    /** {@return the environment variables of whoever typed the command} */
    Map<String, String> environment();

    /** {@return the working directory of whoever typed the command} */
    String workingDirectory();

    /**
     * Takes each key as it is typed, or gives the terminal its usual editing back; it is given back
     * at the end in any case. Does nothing without a terminal.
     *
     * @param raw whether keys are passed through
     */
    void rawMode(boolean raw);

    /**
     * Asks for signals and size changes instead of what is usual: without a listener, INT, TERM and
     * HUP interrupt the command and others are ignored.
     *
     * @param listener called one event after the other, on a thread of the session
     */
    void onEvent(Consumer<SessionEvent> listener);

    /**
     * Opens a file with the rights of whoever typed the command, on their side.
     *
     * @param path relative to the working directory
     * @return its content
     * @throws IOException if it cannot be opened; the message says why
     */
    InputStream read(String path) throws IOException;

    /**
     * Creates or replaces a file with the rights of whoever typed the command, on their side.
     *
     * @param path relative to the working directory
     * @return receives its content; the file is complete when it has been closed without an error
     * @throws IOException if it cannot be opened; the message says why
     */
    OutputStream write(String path) throws IOException;

    /**
     * Looks at a file on their side.
     *
     * @param path relative to the working directory
     * @param follow whether a link at the path's end is followed
     * @return the file; empty if there is none
     * @throws IOException if it cannot be looked at; the message says why
     */
    Optional<PathStat> stat(String path, boolean follow) throws IOException;

    /**
     * Reads a file or folder on their side as a tar archive, as long as it takes. Links in a folder
     * are kept as links; what is neither file, folder nor link is left out and told on the error
     * output.
     *
     * @param path relative to the working directory
     * @param follow whether it is followed if it is a link
     * @param name what it is called in the archive; empty for the content of a folder alone
     * @param sink gets the archive
     * @throws IOException if a file cannot be read or the archive not be written
     */
    void readArchive(String path, boolean follow, String name, OutputStream sink)
            throws IOException;

    /**
     * Unpacks a tar archive in a folder on their side, as long as it takes. The archive need not be
     * trusted: nothing is written outside of the folder, and owners, devices and set-user-id bits
     * are not taken over. If it fails, part of it may have been unpacked.
     *
     * @param folder relative to the working directory
     * @param name what stands for the first part of each entry's name; empty to leave names alone
     * @param archive a tar archive
     * @throws IOException if the archive cannot be read or a file not be written
     * @throws io.hypercontainer.api.InvalidSpec if the archive is damaged, or an entry would be
     *     written outside of the folder
     */
    void writeArchive(String folder, Optional<String> name, InputStream archive) throws IOException;
}
