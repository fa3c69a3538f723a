// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.StorageDriver;
import io.hypercontainer.runtime.config.Settings;
import io.hypercontainer.runtime.plug.Plugs;
import io.hypercontainer.runtime.spec.MachineSize;
import io.hypercontainer.runtime.spec.Mounted;
import io.hypercontainer.runtime.spec.Resolved;
import io.hypercontainer.runtime.store.PodRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Decides which drivers serve a pod, and how large its machine is. */
final class DriverChoice {
    /** In the order of preference. */
    private static final List<RootForm> FORMS =
            List.of(RootForm.BLOCK_LAYERS, RootForm.SINGLE_DISK, RootForm.SHARED_DIRECTORY);

    private final Plugs plugs;
    private final Supplier<Settings> settings;

    DriverChoice(Plugs plugs, Supplier<Settings> settings) {
        this.plugs = plugs;
        this.settings = settings;
    }

    PodRecord.Machine machine(MachineSpec spec) {
        Settings defaults = settings.get();
        String wanted = spec.hypervisor().orElse(defaults.hypervisor());
        Hypervisor hypervisor = plugs.hypervisors().standard(wanted);
        MachineSize size =
                new MachineSize(
                                spec.memoryBytes().orElse(defaults.memoryBytes()),
                                spec.cpus().orElse(defaults.cpus()))
                        .within(HostFacts.size(hypervisor));
        String network = spec.network().orElse(defaults.network());
        Plugs.Choice choice =
                network.equals("none") ? new Plugs.Choice("none", "") : plugs.network(network);
        return new PodRecord.Machine(
                // A version that somebody asked for is kept for all starts.
                wanted.isEmpty() ? hypervisor.name() : wanted,
                plugs.storage().standard(spec.storage().orElse(defaults.storage())).name(),
                choice.network(),
                choice.driver(),
                size,
                spec.requireHardware(),
                Optional.empty());
    }

    /** {@return the form in which a container's root file system gets into the machine} */
    RootForm form(PodRecord.Machine machine, Resolved resolved) {
        Hypervisor hypervisor = plugs.hypervisors().await(machine.hypervisor());
        boolean shares = hypervisor.capabilities().contains(Capability.SHARE);
        for (Mounted mounted : resolved.mounts()) {
            if (mounted instanceof Mounted.OfHost bind) {
                Capability needed =
                        Files.isDirectory(Path.of(bind.source()))
                                ? Capability.SHARE
                                : Capability.SHARE_FILE;
                if (!hypervisor.capabilities().contains(needed)) {
                    throw new Unsupported("hypervisor " + hypervisor.name(), needed);
                }
            }
        }
        StorageDriver storage = plugs.storage().await(machine.storage());
        return FORMS.stream()
                .filter(storage.forms()::contains)
                .filter(f -> shares || f != RootForm.SHARED_DIRECTORY)
                .findFirst()
                .orElseThrow(() ->
                        new Unsupported(
                                "hypervisor " + hypervisor.name(),
                                "what storage driver "
                                        + storage.name()
                                        + " delivers: "
                                        + storage.forms()));
    }
}
