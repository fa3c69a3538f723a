// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.network.Endpoint;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import io.hypercontainer.runtime.driver.DriverUse;
import io.hypercontainer.runtime.plug.DriverSlot;
import io.hypercontainer.runtime.plug.Plugged;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.store.MachineRecord;
import io.hypercontainer.runtime.store.Phase;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What containers have on which driver. */
final class DriverUsage implements DriverUse {
    private final Plugs plugs;
    private final Index<ManagedPod> pods;
    private final Index<ManagedContainer> containers;
    private final Supplier<List<DriverInfo>> plugged;

    DriverUsage(
            Plugs plugs,
            Index<ManagedPod> pods,
            Index<ManagedContainer> containers,
            Supplier<List<DriverInfo>> plugged) {
        this.plugs = plugs;
        this.pods = pods;
        this.containers = containers;
        this.plugged = plugged;
    }

    @Override
    public List<DriverInfo> plugged() {
        return plugged.get();
    }

    @Override
    public int uses(String kind, String name, String bundle) {
        return switch (kind) {
            case "hypervisor" ->
                    count(
                            references(pods, DriverUsage::hypervisor),
                            plugs.hypervisors(),
                            name,
                            bundle);
            case "storage" ->
                    count(
                            references(containers, DriverUsage::storage),
                            plugs.storage(),
                            name,
                            bundle);
            default ->
                    count(references(pods, DriverUsage::network), plugs.networks(), name, bundle);
        };
    }

    private static <T extends Indexed> Stream<String> references(
            Index<T> index, Function<T, Optional<String>> reference) {
        return index.all().stream().map(reference).flatMap(Optional::stream);
    }

    private static <D extends Driver> int count(
            Stream<String> references, DriverSlot<D> slot, String name, String bundle) {
        return (int)
                references
                        .filter(r -> r.equals(name) || r.startsWith(name + "@"))
                        .filter(r -> servedBy(slot, r, bundle))
                        .count();
    }

    /** What no driver serves now counts for each that could. */
    private static <D extends Driver> boolean servedBy(
            DriverSlot<D> slot, String reference, String bundle) {
        return slot.serving(reference).map(Plugged::bundle).map(bundle::equals).orElse(true);
    }

    private static Optional<String> hypervisor(ManagedPod pod) {
        return pod.held().map(MachineRecord::hypervisor);
    }

    private static Optional<String> storage(ManagedContainer container) {
        return container.record().phase() instanceof Phase.Removing
                ? Optional.empty()
                : Optional.of(container.record().storage());
    }

    private static Optional<String> network(ManagedPod pod) {
        return pod.held().flatMap(MachineRecord::endpoint).map(Endpoint::driver);
    }

    @Override
    public boolean serves(String kind, String name, String bundle) {
        return switch (kind) {
            case "hypervisor" -> servedBy(plugs.hypervisors(), name, bundle);
            case "storage" -> servedBy(plugs.storage(), name, bundle);
            default -> servedBy(plugs.networks(), name, bundle);
        };
    }
}
