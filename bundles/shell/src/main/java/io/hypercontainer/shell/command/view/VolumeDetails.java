// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;

/** A volume as {@code volume ls} and {@code volume inspect} show it. */
public final class VolumeDetails {
    private static final String LOCAL = "local";

    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Driver}}\\t{{.Name}}",
                    new Fields()
                            .put("Driver", "DRIVER")
                            .put("Mountpoint", "MOUNTPOINT")
                            .put("Name", "VOLUME NAME")
                            .put("Scope", "SCOPE"));

    private VolumeDetails() {}

    /**
     * @param volume a volume
     * @return its row
     */
    public static Fields row(Volume volume) {
        return new Fields()
                .put("Driver", LOCAL)
                .put("Mountpoint", volume.disk().file().toString())
                .put("Name", volume.name())
                .put("Scope", LOCAL);
    }

    /**
     * @param volumes all volumes
     * @param name the name of one
     * @return all about it
     * @throws NotFound if there is none
     */
    public static Fields find(Volumes volumes, String name) {
        return volumes.list().stream()
                .filter(volume -> volume.name().equals(name))
                .findFirst()
                .map(VolumeDetails::of)
                .orElseThrow(() -> new NotFound("there is no volume '" + name + "'"));
    }

    private static Fields of(Volume volume) {
        return new Fields()
                .put("CreatedAt", volume.created().toString())
                .put("Driver", LOCAL)
                .put("Mountpoint", volume.disk().file().toString())
                .put("Name", volume.name())
                .put("Scope", LOCAL)
                .put("FileSystem", volume.disk().type())
                .put("SizeBytes", volume.disk().length());
    }
}
