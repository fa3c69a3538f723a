// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.image.Image;
import io.hypercontainer.api.image.Images;
import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.ImageName;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/** Tells what commands do with images, for the image store does not know who else is interested. */
final class ImageEvents {
    private final Runtime runtime;

    ImageEvents(Runtime runtime) {
        this.runtime = runtime;
    }

    void pulled(Image image, String reference) {
        ImageName name = ImageName.parse(reference).withDefaultTag();
        publish("pull", name.toString(), name.repository(), image.config().labels());
    }

    void loaded(Image image) {
        publish("load", image.id(), image.id(), image.config().labels());
    }

    void tagged(Image image, String reference) {
        String name = ImageName.parse(reference).withDefaultTag().toString();
        publish("tag", image.id(), name, image.config().labels());
    }

    void removed(Image image, Images.Removal removal) {
        Map<String, String> labels = image.config().labels();
        removal.untagged().forEach(name -> publish("untag", image.id(), name, labels));
        removal.deleted().forEach(id -> publish("delete", id, id, labels));
    }

    private void publish(String action, String id, String name, Map<String, String> labels) {
        Map<String, String> attributes = new HashMap<>(labels);
        attributes.put("name", name);
        runtime.events().publish(new Event(Instant.now(), "image", action, id, attributes));
    }
}
