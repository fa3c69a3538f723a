// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.storage;

import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.Holding;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Keeps image layers, containers' root file systems and volumes. What a method has acknowledged is
 * on disk; a call that was cut off is finished or undone when the driver starts again. A full disk
 * is {@link io.hypercontainer.api.Unavailable} and leaves nothing behind.
 */
@ConsumerType
public interface StorageDriver extends Driver {
    /** {@return the forms in which it can deliver a root file system} */
    Set<RootForm> forms();

    /**
     * Asks for a layer.
     *
     * @param layer a layer
     * @return whether it is here, complete
     */
    boolean hasLayer(Layer layer);

    /**
     * Takes a layer in. The stream is an uncompressed layer archive of the OCI image specification
     * (image-spec layer.md) from a source that may be hostile; its digest is checked by the caller
     * while it is read, so nothing becomes visible before {@code verified} has been asked at the
     * end. Does nothing if the layer is here; calls for the same layer at once share the work.
     *
     * @param layer which layer; its parents are here, unless {@link #importsInAnyOrder}
     * @param tar the archive, read to its end, not closed
     * @param verified called once after the end was read; throws if the content was not the layer's
     * @throws io.hypercontainer.api.InvalidSpec if the archive is damaged, or has names that lead
     *     out of it
     */
    void importLayer(Layer layer, InputStream tar, Runnable verified);

    /**
     * Tells whether {@link #importLayer} may be called before the layer's parents are here. The
     * layers of an image are then taken in side by side.
     *
     * @return whether it does without the parents; {@code false} unless overridden
     * @since 1.1
     */
    default boolean importsInAnyOrder() {
        return false;
    }

    /**
     * Forgets a layer; does nothing if it is not here.
     *
     * @param layer a layer
     * @throws io.hypercontainer.api.Conflict if a root file system uses it
     */
    void removeLayer(Layer layer);

    /**
     * {@return diff ids of all layers that are here, complete, by which the image store finds those
     * that no image needs; none unless this is overridden}
     */
    default Set<String> layers() {
        return Set.of();
    }

    /**
     * Makes a root file system for a container.
     *
     * @param spec what is wanted
     * @return the root file system
     * @throws io.hypercontainer.api.Conflict if the container has one
     * @throws io.hypercontainer.api.NotFound if a layer is not here
     */
    Root prepareRoot(RootSpec spec);

    /**
     * Looks a root file system up.
     *
     * @param container a container's id
     * @return the root file system that was made for it
     */
    Optional<Root> root(String container);

    /**
     * Deletes a container's root file system; does nothing if it has none.
     *
     * @param container the container's id
     */
    void releaseRoot(String container);

    /** {@return ids of all containers that have a root file system here} */
    Set<String> roots();

    /**
     * Makes an empty volume.
     *
     * @param spec what is wanted
     * @return the volume
     * @throws io.hypercontainer.api.Conflict if there is one of that name
     */
    Volume createVolume(VolumeSpec spec);

    /** {@return all volumes, by name} */
    List<Volume> volumes();

    /**
     * Looks a volume up.
     *
     * @param name its name
     * @return the volume
     */
    default Optional<Volume> volume(String name) {
        return volumes().stream().filter(v -> v.name().equals(name)).findFirst();
    }

    /**
     * Deletes a volume and what is in it; does nothing if there is none of that name.
     *
     * @param name its name
     */
    void removeVolume(String name);

    /** {@return what all of it takes} */
    StorageUsage usage();

    /** {@return the root file systems; layers are the image store's, volumes are users'} */
    @Override
    default List<Holding> census() {
        return roots().stream()
                .<Holding>map(id -> new Holding.Owned("file", "root file system " + id, id))
                .toList();
    }

    @Override
    default void dispose(Holding holding) {
        if (holding instanceof Holding.Owned root) {
            releaseRoot(root.owner());
        }
    }
}
