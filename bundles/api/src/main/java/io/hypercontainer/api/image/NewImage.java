// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.image;

import java.util.Optional;

/**
 * An image to be made of another one and one more layer.
 *
 * @param parent id of the other image
 * @param config what to run and how
 * @param reference its name, {@code NAME[:TAG]}, taken away from the image that had it; empty for
 *     none
 * @param author who made it, may be empty
 * @param comment what it is about, may be empty
 * @param createdBy the command line that has made the layer
 */
public record NewImage(
        String parent,
        ImageConfig config,
        Optional<String> reference,
        String author,
        String comment,
        String createdBy) {}
