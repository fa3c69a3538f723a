// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.List;
import java.util.Optional;

/**
 * An image to be made of a container.
 *
 * @param reference its name, {@code NAME[:TAG]}; empty for an image without a name
 * @param author who made it, empty for nobody
 * @param comment what it is about, may be empty
 * @param changes instructions of a Dockerfile that change how it is run, {@code CMD ["nginx"]}, in
 *     their order: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, STOPSIGNAL, USER, VOLUME,
 *     WORKDIR
 * @param halted whether the container's processes are halted while its files are read
 */
public record CommitSpec(
        Optional<String> reference,
        String author,
        String comment,
        List<String> changes,
        boolean halted) {
    /** Keeps an unmodifiable copy. */
    public CommitSpec {
        changes = List.copyOf(changes);
    }
}
