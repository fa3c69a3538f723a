// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.progress.ProgressDisplay;
import io.hypercontainer.shell.command.view.ImageName;

/** Gets the image of a new container, from its registry if need be. */
final class ImageFetcher {
    private final ImageEvents events;
    private final Images images;

    ImageFetcher(Runtime runtime, Images images) {
        this.events = new ImageEvents(runtime);
        this.images = images;
    }

    /** When to ask the registry. */
    enum Policy {
        MISSING,
        ALWAYS,
        NEVER;

        static Policy parse(String text) {
            return switch (text) {
                case "missing", "" -> MISSING;
                case "always" -> ALWAYS;
                case "never" -> NEVER;
                default ->
                        throw new InvalidSpec(
                                "invalid value '"
                                        + text
                                        + "' for --pull: it is always, missing or never");
            };
        }
    }

    /** Makes sure that the image is here. What happens goes to the error output unless quiet. */
    void fetch(Session session, String image, Policy policy, boolean quiet) {
        if (policy != Policy.ALWAYS) {
            try {
                images.get(image);
                return;
            } catch (NotFound e) {
                if (policy == Policy.NEVER) {
                    throw e;
                }
            }
            if (!quiet) {
                session.err()
                        .println(
                                "Unable to find image '"
                                        + ImageName.parse(image).withDefaultTag()
                                        + "' locally");
            }
        }
        events.pulled(
                images.pull(
                        image,
                        RegistryLogins.of(session, image),
                        quiet
                                ? ProgressDisplay.none()
                                : ProgressDisplay.on(session, session.err())),
                image);
    }
}
