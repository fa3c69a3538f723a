// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** The files of a client, with its rights. Paths are raw and relative to its working directory. */
public interface LocalFiles {
    /**
     * @param path a file
     * @param follow whether a link at the path's end is followed
     * @return what it is; empty if there is none
     * @throws IOException if it cannot be looked at
     */
    Optional<FileStatus> look(String path, boolean follow) throws IOException;

    /**
     * @param path a file
     * @return its content
     * @throws IOException if it cannot be opened
     */
    InputStream read(String path) throws IOException;

    /**
     * @param path a folder
     * @return the folder, open
     * @throws IOException if it cannot be opened, or is none
     */
    Folder open(String path) throws IOException;
}
