// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.image;

import io.hypercontainer.api.driver.Inventory;
import io.hypercontainer.api.storage.StorageDriver;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Images on this host. An image is named by a reference ({@code busybox}, {@code
 * registry:5000/a/b:tag}, {@code a@sha256:…}), by its id or by an unambiguous beginning of its id
 * of at least two hex digits.
 */
@ProviderType
public interface Images extends Inventory {
    /** {@return all images, newest first} */
    List<Image> list();

    /**
     * Looks an image up.
     *
     * @param name reference, id or beginning of an id
     * @return the image
     * @throws io.hypercontainer.api.NotFound if there is none; the message says how to get it
     * @throws io.hypercontainer.api.InvalidSpec if the name is malformed or ambiguous
     */
    Image get(String name);

    /**
     * Fetches an image from its registry. Calls for the same image at once share the work.
     *
     * @param reference a reference; without tag and digest {@code latest} is meant
     * @param credentials for the registry
     * @param progress receives what happens, on several threads
     * @return the image
     * @throws io.hypercontainer.api.NotFound if the registry does not have it
     * @throws io.hypercontainer.api.InvalidSpec if what it sent is damaged, too large, or for
     *     another architecture
     * @throws io.hypercontainer.api.Unavailable if the registry does not answer, or refuses
     */
    Image pull(String reference, Credentials credentials, Consumer<Progress> progress);

    /**
     * Takes the images of an archive in: {@code docker save} format or a tarred OCI layout,
     * uncompressed or compressed with gzip or zstd.
     *
     * @param archive the archive, read to its end
     * @param progress receives what happens, on several threads
     * @return the images, in the order in which the archive names them
     * @throws io.hypercontainer.api.InvalidSpec if it is damaged or for another architecture;
     *     nothing is kept of it then
     */
    List<Image> load(InputStream archive, Consumer<Progress> progress);

    /**
     * Makes an image of another one and one more layer.
     *
     * @param image what is to be made
     * @param layer writes the layer, an uncompressed archive of the OCI image specification
     *     (image-spec layer.md), to what it is given; called once, after what is to be made was
     *     checked. If it throws, nothing is kept and the exception is passed on
     * @return the image
     * @throws io.hypercontainer.api.NotFound if the other image is not here
     * @throws io.hypercontainer.api.InvalidSpec if the layer is too large or damaged
     * @since 1.1
     */
    Image commit(NewImage image, Consumer<OutputStream> layer);

    /**
     * Gives an image one more name.
     *
     * @param name an image
     * @param reference the further reference; taken away from the image that had it
     */
    void tag(String name, String reference);

    /**
     * Removes a reference, and the image with its layers when that was the last one. Given an id,
     * removes the image if it has no more than one reference, or if forced.
     *
     * @param name reference, id or beginning of an id
     * @param force also remove an image with several references, or one that a stopped container
     *     uses
     * @return what was done
     * @throws io.hypercontainer.api.Conflict if a container uses it
     */
    Removal remove(String name, boolean force);

    /**
     * Makes sure that a storage driver has all layers of an image.
     *
     * @param image the image
     * @param storage the driver
     */
    void provide(Image image, StorageDriver storage);

    /**
     * Credentials for a registry.
     *
     * @param username empty for none
     * @param password password or token
     */
    record Credentials(String username, String password) {
        /** No credentials. */
        public static final Credentials NONE = new Credentials("", "");

        /** {@return without the password} */
        @Override
        public String toString() {
            return "Credentials[" + username + "]";
        }
    }

    /**
     * What a removal did.
     *
     * @param untagged references that are gone
     * @param deleted ids of images that are gone
     */
    record Removal(List<String> untagged, List<String> deleted) {
        /** Keeps unmodifiable copies. */
        public Removal {
            untagged = List.copyOf(untagged);
            deleted = List.copyOf(deleted);
        }
    }
}
