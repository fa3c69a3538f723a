// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Grammar;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Volumes of the storage driver that is used where nobody asks for another. */
final class VolumeService implements Volumes {
    private final Plugs plugs;
    private final Index<ManagedContainer> index;
    private final Happenings happenings;
    private final Supplier<Settings> settings;

    VolumeService(
            Plugs plugs,
            Index<ManagedContainer> index,
            Happenings happenings,
            Supplier<Settings> settings) {
        this.plugs = plugs;
        this.index = index;
        this.happenings = happenings;
        this.settings = settings;
    }

    private StorageDriver storage() {
        return plugs.storage().standard(settings.get().storage());
    }

    @Override
    public List<Volume> list() {
        return storage().volumes();
    }

    @Override
    public Volume create(String name) {
        StorageDriver storage = storage();
        Volume made = storage.createVolume(Grammar.volumeName(name), 0);
        happenings.volume(name, storage.name(), "create");
        return made;
    }

    @Override
    public void remove(String name) {
        StorageDriver storage = storage();
        if (storage.volumes().stream().noneMatch(v -> v.name().equals(name))) {
            throw new NotFound("no such volume: " + name);
        }
        String users =
                index.all().stream()
                        .map(ManagedContainer::record)
                        .filter(r -> r.storage().equals(storage.name()))
                        .filter(r -> r.volumes().anyMatch(v -> v.name().equals(name)))
                        .map(r -> r.shortId())
                        .collect(Collectors.joining(", "));
        if (!users.isEmpty()) {
            throw new Conflict(
                    "volume '" + name + "' is in use by container " + users + ": remove it first");
        }
        storage.removeVolume(name);
        happenings.volume(name, storage.name(), "destroy");
    }
}
