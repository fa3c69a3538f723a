// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.ImageConfig;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.storage.StorageDriver;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** An image store with one image, {@code host}, whose programs are the host's. */
public final class LocalImages implements Images {
    /** What was asked for, and the layers that came. */
    public final List<NewImage> committed = new ArrayList<>();

    /** Whether the image was removed, although containers use it. */
    public volatile boolean removed;

    public final List<byte[]> layers = new ArrayList<>();

    private final Image image =
            new Image(
                    "sha256:" + "1".repeat(64),
                    List.of("host:latest"),
                    List.of(),
                    Instant.EPOCH,
                    0,
                    List.of("one", "two", "three"),
                    new ImageConfig(
                            "amd64",
                            "linux",
                            List.of(),
                            List.of("sh"),
                            List.of("FROM=image"),
                            "",
                            "",
                            List.of("80/tcp"),
                            List.of("/data"),
                            Map.of(),
                            "",
                            Optional.empty()));

    @Override
    public List<Image> list() {
        return List.of(image);
    }

    @Override
    public Image get(String name) {
        if (removed || (!name.equals("host") && !name.equals(image.id()))) {
            throw new NotFound("no such image: " + name);
        }
        return image;
    }

    @Override
    public Image pull(String reference, Credentials credentials, Consumer<Progress> progress) {
        throw new Unsupported("the local image store", "pull");
    }

    @Override
    public List<Image> load(InputStream archive, Consumer<Progress> progress) {
        throw new Unsupported("the local image store", "load");
    }

    @Override
    public Image commit(NewImage wanted, Consumer<OutputStream> layer) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        layer.accept(archive);
        committed.add(wanted);
        layers.add(archive.toByteArray());
        return image;
    }

    @Override
    public void tag(String name, String reference) {
        throw new Unsupported("the local image store", "tag");
    }

    @Override
    public Removal remove(String name, boolean force) {
        throw new Unsupported("the local image store", "remove");
    }

    @Override
    public void provide(Image wanted, StorageDriver storage) {}
}
