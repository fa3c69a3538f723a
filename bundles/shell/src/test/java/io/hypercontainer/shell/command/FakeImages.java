// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.image.NewImage;
import io.hypercontainer.api.image.Progress;
import io.hypercontainer.api.storage.StorageDriver;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Images in memory; the registry has {@code remote}. */
final class FakeImages implements Images {
    final List<Image> all = new ArrayList<>();
    final List<String> calls = new ArrayList<>();

    FakeImages with(String... references) {
        all.add(Samples.image(List.of(references), List.of()));
        return this;
    }

    @Override
    public List<Image> list() {
        return List.copyOf(all);
    }

    @Override
    public Image get(String name) {
        return all.stream()
                .filter(i -> i.references().contains(name.contains(":") ? name : name + ":latest"))
                .findFirst()
                .orElseThrow(
                        () -> new NotFound("no image '" + name + "': get it with hyperctl pull"));
    }

    @Override
    public Image pull(String reference, Credentials credentials, Consumer<Progress> progress) {
        calls.add("pull " + reference);
        if (!reference.startsWith("remote")) {
            throw new NotFound("image '" + reference + "' not found in its registry");
        }
        progress.accept(new Progress("0123456789ab", "Pull complete", 0, 0));
        progress.accept(new Progress("", "Status: Downloaded newer image", 0, 0));
        with("remote:latest");
        return all.getLast();
    }

    @Override
    public List<Image> load(InputStream archive, Consumer<Progress> progress) {
        try {
            calls.add("load " + new String(archive.readAllBytes(), UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        progress.accept(new Progress("0123456789ab", "Loading layer", 0, 0));
        progress.accept(new Progress("", "Loaded image: busybox:latest", 0, 0));
        return List.of(all.getFirst());
    }

    @Override
    public Image commit(NewImage image, Consumer<OutputStream> layer) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void tag(String name, String reference) {
        calls.add("tag " + name + " " + reference);
    }

    @Override
    public Removal remove(String name, boolean force) {
        Image image = get(name);
        if (!force && image.references().size() > 1) {
            throw new Conflict("image '" + name + "' has several names");
        }
        return new Removal(image.references(), List.of(image.id()));
    }

    @Override
    public void provide(Image image, StorageDriver storage) {
        throw new UnsupportedOperationException();
    }
}
