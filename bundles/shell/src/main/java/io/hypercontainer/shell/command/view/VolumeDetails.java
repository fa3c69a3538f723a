// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.VolumeInfo;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A volume as {@code volume ls} and {@code volume inspect} show it. */
public final class VolumeDetails {
    private static final String SCOPE = "local";

    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Driver}}\\t{{.Name}}",
                    new Fields()
                            .put("Driver", "DRIVER")
                            .put("Labels", "LABELS")
                            .put("Links", "LINKS")
                            .put("Mountpoint", "MOUNTPOINT")
                            .put("Name", "VOLUME NAME")
                            .put("Scope", "SCOPE"));

    private VolumeDetails() {}

    /**
     * @param info a volume
     * @return its row
     */
    public static Fields row(VolumeInfo info) {
        Volume volume = info.volume();
        return new Fields()
                .put("Driver", info.driver())
                .put("Labels", text(volume.labels()))
                .put("Links", String.valueOf(info.containers().size()))
                .put("Mountpoint", volume.disk().file().toString())
                .put("Name", volume.name())
                .put("Scope", SCOPE);
    }

    private static String text(Map<String, String> labels) {
        return new TreeMap<>(labels)
                .entrySet().stream()
                        .map(e -> e.getKey() + "=" + e.getValue())
                        .collect(Collectors.joining(","));
    }

    /**
     * @param info a volume
     * @return all about it
     */
    public static Fields of(VolumeInfo info) {
        Volume volume = info.volume();
        return new Fields()
                .put("CreatedAt", volume.created().toString())
                .put("Driver", info.driver())
                .put("Labels", volume.labels())
                .put("Mountpoint", volume.disk().file().toString())
                .put("Name", volume.name())
                .put("Options", Map.of("size", String.valueOf(volume.disk().length())))
                .put("Scope", SCOPE)
                .put("FileSystem", volume.disk().type())
                .put("SizeBytes", volume.disk().length())
                .put("Containers", info.containers());
    }
}
