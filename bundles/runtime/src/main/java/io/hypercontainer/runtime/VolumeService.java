// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.VolumeInfo;
import io.hypercontainer.api.runtime.Volumes;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.Grammar;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.store.ContainerRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Volumes of all storage drivers. A volume is made for a container that is known already, and
 * removed if no container is known that has it, one after the other: so none loses its volume.
 */
final class VolumeService implements Volumes {
    private final Plugs plugs;
    private final Index<ManagedContainer> index;
    private final Supplier<String> names;
    private final Happenings happenings;
    private final Supplier<Settings> settings;
    private final Object changes = new Object();

    /**
     * @param names makes names for anonymous volumes
     */
    VolumeService(
            Plugs plugs,
            Index<ManagedContainer> index,
            Supplier<String> names,
            Happenings happenings,
            Supplier<Settings> settings) {
        this.plugs = plugs;
        this.index = index;
        this.names = names;
        this.happenings = happenings;
        this.settings = settings;
    }

    private StorageDriver standard() {
        return plugs.storage().standard(settings.get().storage());
    }

    /** {@return all drivers, the one first that is used where nobody asks for another} */
    private List<StorageDriver> drivers() {
        StorageDriver first = standard();
        return Stream.concat(
                        Stream.of(first),
                        plugs.storage().slot().all().stream()
                                .map(p -> p.service().name())
                                .distinct()
                                .filter(name -> !name.equals(first.name()))
                                .map(plugs.storage()::await))
                .toList();
    }

    @Override
    public List<VolumeInfo> list() {
        Map<Kept, List<String>> users = new HashMap<>();
        for (ManagedContainer container : index.all()) {
            container
                    .record()
                    .volumes()
                    .map(v -> new Kept(container.record().storage(), v.name()))
                    .distinct()
                    .forEach(v ->
                            users.computeIfAbsent(v, k -> new ArrayList<>()).add(container.id()));
        }
        return drivers().stream()
                .flatMap(d -> d.volumes().stream().map(v -> info(v, d.name(), users)))
                .sorted(Comparator.comparing(i -> i.volume().name()))
                .toList();
    }

    private record Kept(String driver, String volume) {}

    private static VolumeInfo info(Volume volume, String driver, Map<Kept, List<String>> users) {
        return new VolumeInfo(
                volume, driver, users.getOrDefault(new Kept(driver, volume.name()), List.of()));
    }

    @Override
    public VolumeInfo get(String name) {
        StorageDriver driver = keeper(name);
        return driver.volume(name)
                .map(v -> info(v, driver.name()))
                .orElseThrow(() -> missing(name));
    }

    private StorageDriver keeper(String name) {
        return drivers().stream()
                .filter(d -> d.volume(name).isPresent())
                .findFirst()
                .orElseThrow(() -> missing(name));
    }

    private static NotFound missing(String name) {
        return new NotFound("there is no volume '" + name + "'");
    }

    private VolumeInfo info(Volume volume, String driver) {
        return new VolumeInfo(
                volume,
                driver,
                users(volume.name(), driver).map(ManagedContainer::id).sorted().toList());
    }

    private Stream<ManagedContainer> users(String name, String driver) {
        return index.all().stream()
                .filter(c -> c.record().storage().equals(driver))
                .filter(c -> c.record().volumes().anyMatch(v -> v.name().equals(name)));
    }

    @Override
    public VolumeInfo create(VolumeSpec spec, Optional<String> driver) {
        StorageDriver storage = driver.map(plugs.storage()::standard).orElseGet(this::standard);
        VolumeSpec wanted = spec.name().isEmpty() ? anonymous(spec) : spec;
        Grammar.volumeName(wanted.name());
        synchronized (changes) {
            Optional<Volume> present = storage.volume(wanted.name());
            present.ifPresent(v -> checkThatItFits(v, wanted));
            return info(present.orElseGet(() -> make(storage, wanted)), storage.name());
        }
    }

    private VolumeSpec anonymous(VolumeSpec spec) {
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.put(Volume.ANONYMOUS, "");
        return new VolumeSpec(names.get(), spec.sizeBytes(), labels);
    }

    private static void checkThatItFits(Volume present, VolumeSpec wanted) {
        boolean sized = wanted.sizeBytes() == 0 || wanted.sizeBytes() == present.disk().length();
        if (!sized || !present.labels().equals(wanted.labels())) {
            throw new Conflict(
                    "there is a volume '"
                            + wanted.name()
                            + "' already, of another size or with other labels: remove it, or"
                            + " choose another name");
        }
    }

    @Override
    public void remove(String name) {
        synchronized (changes) {
            StorageDriver storage = keeper(name);
            String users =
                    users(name, storage.name())
                            .map(c -> c.name() + " (" + c.record().shortId() + ")")
                            .collect(Collectors.joining(", "));
            if (!users.isEmpty()) {
                throw new Conflict(
                        "volume '"
                                + name
                                + "' is in use by container "
                                + users
                                + ": remove it first");
            }
            delete(storage, name);
        }
    }

    private Volume make(StorageDriver storage, VolumeSpec spec) {
        Volume made = storage.createVolume(spec);
        happenings.volume(made.name(), storage.name(), "create");
        return made;
    }

    private void delete(StorageDriver storage, String name) {
        storage.removeVolume(name);
        happenings.volume(name, storage.name(), "destroy");
    }

    /** Makes those of a container's volumes that are not there; the container is in the index. */
    void provide(ContainerRecord container) {
        StorageDriver storage = plugs.storage().await(container.storage());
        synchronized (changes) {
            for (Mounted.InVolume volume : container.volumes().toList()) {
                if (storage.volume(volume.name()).isEmpty()) {
                    Map<String, String> labels =
                            volume.anonymous() ? Map.of(Volume.ANONYMOUS, "") : Map.of();
                    make(storage, new VolumeSpec(volume.name(), 0, labels));
                }
            }
        }
    }

    /** Deletes a container's anonymous volumes, but those that others have come to use. */
    void discard(ContainerRecord container) {
        StorageDriver storage = plugs.storage().await(container.storage());
        synchronized (changes) {
            container
                    .volumes()
                    .filter(Mounted.InVolume::anonymous)
                    .map(Mounted.InVolume::name)
                    .filter(v ->
                            users(v, storage.name()).allMatch(c -> c.id().equals(container.id())))
                    .forEach(v -> delete(storage, v));
        }
    }
}
