// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.api.runtime.CommitSpec;
import io.hypercontainer.api.runtime.ContainerFiles;
import io.hypercontainer.runtime.commit.Instructions;
import io.hypercontainer.runtime.commit.RunConfig;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Makes images of containers. */
final class ContainerCommitter {
    private final Plugs plugs;
    private final Happenings happenings;

    ContainerCommitter(Plugs plugs, Happenings happenings) {
        this.plugs = plugs;
        this.happenings = happenings;
    }

    /**
     * @param files reaches for the container's files
     */
    Image commit(ManagedContainer container, CommitSpec spec, Supplier<ContainerFiles> files) {
        ContainerRecord record = container.record();
        Images images = plugs.images().await();
        ImageConfig config =
                RunConfig.of(
                        record,
                        container.pod().record().hostname(),
                        parent(images, record).config());
        NewImage wanted =
                new NewImage(
                        record.imageId(),
                        Instructions.apply(spec.changes(), config),
                        spec.reference(),
                        spec.author(),
                        spec.comment(),
                        String.join(" ", record.spec().args()));
        Image made =
                images.commit(
                        wanted,
                        sink -> {
                            try (ContainerFiles open = files.get()) {
                                open.readChanges(spec.halted(), sink);
                            }
                        });
        Map<String, String> more = new HashMap<>();
        more.put("imageID", made.id());
        more.put("comment", spec.comment());
        spec.reference().ifPresent(name -> more.put("imageRef", name));
        happenings.container(record, "commit", more);
        return made;
    }

    private static Image parent(Images images, ContainerRecord container) {
        try {
            return images.get(container.imageId());
        } catch (NotFound e) {
            throw new NotFound(
                    "the image of container "
                            + container.shortId()
                            + " was removed, and no other can be made of it: "
                            + e.getMessage());
        }
    }
}
