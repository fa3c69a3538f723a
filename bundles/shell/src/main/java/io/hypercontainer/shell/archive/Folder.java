// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Optional;

/**
 * An open folder of a client. Paths in it are raw and relative; they lead through no symbolic link
 * and never out of it, whatever lies there: the client's kernel refuses the others.
 */
public interface Folder extends Closeable {
    /** Receives names. */
    interface NameSink {
        /**
         * @param name a raw name
         * @throws IOException if what is done with it fails
         */
        void accept(String name) throws IOException;
    }

    /**
     * @param path a file, not followed if it is a link
     * @return what it is; empty if there is none
     * @throws IOException if it cannot be looked at
     */
    Optional<FileStatus> look(String path) throws IOException;

    /**
     * @param path a folder
     * @param sink gets the names in it, in no order, without {@code .} and {@code ..}
     * @throws IOException if it cannot be read
     */
    void names(String path, NameSink sink) throws IOException;

    /**
     * @param path a regular file
     * @return its content
     * @throws IOException if it cannot be opened
     */
    InputStream read(String path) throws IOException;

    /**
     * Creates a regular file, in the place of what is there but a folder.
     *
     * @param path the file
     * @param mode its permissions; only the low 9 bits count
     * @param modified when it was modified
     * @return receives its content; the file appears when it is closed
     * @throws IOException if it cannot be created
     */
    OutputStream write(String path, int mode, Instant modified) throws IOException;

    /**
     * Creates a folder, or gives one that is there these permissions and this time.
     *
     * @param path the folder
     * @param mode its permissions; only the low 9 bits count
     * @param modified when it was modified
     * @throws IOException if there is something else
     */
    void makeFolder(String path, int mode, Instant modified) throws IOException;

    /**
     * Creates a symbolic link, in the place of what is there but a folder.
     *
     * @param path the link
     * @param target where it leads, raw; never followed here
     * @throws IOException if it cannot be created
     */
    void makeLink(String path, String target) throws IOException;
}
