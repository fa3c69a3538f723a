// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.image.spec.Configuration;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Document;
import io.hypercontainer.image.spec.Reference;
import io.hypercontainer.image.store.TemporaryBlob;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An OCI image layout (OCI image-spec image-layout.md). */
final class OciLayout {
    static final String INDEX = "index.json";

    private static final int MAX_NESTING = 4;

    private final SpooledArchive files;

    OciLayout(SpooledArchive files) {
        this.files = files;
    }

    List<ArchivedImage> images() {
        byte[] bytes = files.file(INDEX).read(Document.MAX_BYTES, INDEX);
        if (!(Document.parse(bytes, "", INDEX) instanceof Document.Index index)) {
            throw new InvalidSpec("the image archive's index.json is no index");
        }
        List<Descriptor> forGuests =
                index.documents().stream()
                        .filter(d -> d.platform().isEmpty() || d.platform().get().runsInGuests())
                        .toList();
        if (forGuests.isEmpty()) {
            throw Document.wrongPlatform("the image archive", index.platforms());
        }
        Map<Digest, Set<Reference>> names = new LinkedHashMap<>();
        for (Descriptor descriptor : forGuests) {
            name(descriptor)
                    .ifPresentOrElse(
                            name -> namesOf(names, descriptor).add(name),
                            () -> namesOf(names, descriptor));
        }
        List<ArchivedImage> images = new ArrayList<>();
        names.forEach((digest, all) -> images.add(image(digest, List.copyOf(all))));
        return images;
    }

    private static Set<Reference> namesOf(
            Map<Digest, Set<Reference>> names, Descriptor descriptor) {
        return names.computeIfAbsent(descriptor.digest(), digest -> new LinkedHashSet<>());
    }

    /**
     * containerd's annotation is a full name. OCI's may be one, or a mere tag without a repository,
     * which names nothing here.
     */
    private static Optional<Reference> name(Descriptor descriptor) {
        String full = descriptor.annotations().getOrDefault("io.containerd.image.name", "");
        String reference =
                descriptor.annotations().getOrDefault("org.opencontainers.image.ref.name", "");
        if (full.isEmpty() && (reference.contains("/") || reference.contains(":"))) {
            full = reference;
        }
        return full.isEmpty() ? Optional.empty() : Optional.of(Reference.parse(full).recorded());
    }

    private ArchivedImage image(Digest digest, List<Reference> names) {
        String where = "image " + (names.isEmpty() ? digest.brief() : names.getFirst().familiar());
        Digest next = digest;
        for (int nesting = 0; nesting < MAX_NESTING; nesting++) {
            byte[] bytes = files.blob(next).read(Document.MAX_BYTES, "manifest of " + where);
            switch (Document.parse(bytes, "", where)) {
                case Document.Index index -> next = index.forGuests(where).digest();
                case Document.Manifest manifest -> {
                    return image(manifest, bytes, names, where);
                }
            }
        }
        throw new InvalidSpec(where + " has indexes nested more than " + MAX_NESTING + " deep");
    }

    private ArchivedImage image(
            Document.Manifest manifest, byte[] bytes, List<Reference> names, String where) {
        byte[] config =
                blob(manifest.config()).read(Configuration.MAX_BYTES, "configuration of " + where);
        Configuration configuration = Configuration.parse(config, where);
        configuration.checkLayers(manifest.layers().size(), where);
        return new ArchivedImage(
                names,
                bytes,
                config,
                configuration,
                manifest.layers().stream().map(this::blob).toList());
    }

    private TemporaryBlob blob(Descriptor descriptor) {
        TemporaryBlob blob = files.blob(descriptor.digest());
        if (blob.size() != descriptor.size()) {
            throw new InvalidSpec(
                    "blob %s has %d bytes, but its manifest says %d"
                            .formatted(descriptor.digest(), blob.size(), descriptor.size()));
        }
        return blob;
    }
}
