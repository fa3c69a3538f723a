// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.PathStat;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The files of a container, within reach until this is closed; by the thread that opened it. See
 * {@link Containers#files}.
 */
@ProviderType
public interface ContainerFiles extends AutoCloseable {
    /**
     * Looks at a file, without following a link at its end unless a slash comes behind it.
     *
     * @param path path in the container, from its root
     * @return the file
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    PathStat stat(String path);

    /**
     * Reads a file or folder, as long as it takes.
     *
     * @param path path in the container, from its root; with {@code /.} at its end, the content of
     *     the folder
     * @param sink gets a tar archive with the file or folder under its own name
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    void readArchive(String path, OutputStream sink);

    /**
     * Unpacks an archive, as long as it takes. If it fails, part of it may have been unpacked.
     *
     * @param path an existing folder in the container, from its root
     * @param archive a tar archive
     * @param owners whether the archive's owners are taken over; else all belongs to root
     * @throws io.hypercontainer.api.NotFound if there is no such folder
     * @throws io.hypercontainer.api.Conflict if the folder may only be read
     */
    void writeArchive(String path, InputStream archive, boolean owners);

    /** {@return what the container has changed against its image, by path} */
    List<Change> changes();

    /**
     * Reads what the container has changed against its image, as long as it takes, as a layer of
     * the OCI image specification.
     *
     * @param halted whether its processes are halted meanwhile, so that their files fit together
     * @param sink gets a tar archive
     * @throws io.hypercontainer.api.NotFound if the image is needed and was removed
     */
    void readChanges(boolean halted, OutputStream sink);

    /**
     * Reads the root file system, as long as it takes, without what is mounted in it.
     *
     * @param sink gets a tar archive; names in it begin at the root
     */
    void readRoot(OutputStream sink);

    /**
     * Lets go of the files. What was written to a container that does not run is on its disk when
     * this returns.
     *
     * @throws io.hypercontainer.api.HyperException if it could not be written back
     */
    @Override
    void close();
}
