// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import io.hypercontainer.tck.driver.DriverBasics;
import io.hypercontainer.tck.driver.Leaks;
import io.hypercontainer.tck.hypervisor.Adoption;
import io.hypercontainer.tck.hypervisor.CrashedLaunch;
import io.hypercontainer.tck.hypervisor.Disks;
import io.hypercontainer.tck.hypervisor.Endings;
import io.hypercontainer.tck.hypervisor.Honesty;
import io.hypercontainer.tck.hypervisor.LifeCycle;
import io.hypercontainer.tck.hypervisor.MachineCensus;
import io.hypercontainer.tck.hypervisor.Networks;
import io.hypercontainer.tck.hypervisor.PauseAndSize;
import io.hypercontainer.tck.hypervisor.Shares;
import io.hypercontainer.tck.hypervisor.Streams;
import io.hypercontainer.tck.hypervisor.Templates;
import io.hypercontainer.tck.kit.Kind;
import io.hypercontainer.tck.network.Connections;
import io.hypercontainer.tck.network.CrashedNetwork;
import io.hypercontainer.tck.network.Traffic;
import io.hypercontainer.tck.storage.CrashedStorage;
import io.hypercontainer.tck.storage.FullDisk;
import io.hypercontainer.tck.storage.HostileLayers;
import io.hypercontainer.tck.storage.InGuests;
import io.hypercontainer.tck.storage.Layering;
import io.hypercontainer.tck.storage.StorageRoots;
import io.hypercontainer.tck.storage.StorageVolumes;
import java.util.List;
import java.util.stream.Stream;

/** Which areas the contract of a kind of drivers has, in the order in which they are checked. */
final class Areas {
    private Areas() {}

    static List<Class<?>> of(Kind kind) {
        Stream<Class<?>> own =
                switch (kind) {
                    case HYPERVISOR ->
                            Stream.of(
                                    LifeCycle.class,
                                    Endings.class,
                                    Streams.class,
                                    Disks.class,
                                    Networks.class,
                                    Shares.class,
                                    PauseAndSize.class,
                                    Templates.class,
                                    Adoption.class,
                                    MachineCensus.class,
                                    CrashedLaunch.class,
                                    Honesty.class);
                    case STORAGE ->
                            Stream.of(
                                    Layering.class,
                                    HostileLayers.class,
                                    StorageRoots.class,
                                    StorageVolumes.class,
                                    InGuests.class,
                                    FullDisk.class,
                                    CrashedStorage.class);
                    case NETWORK ->
                            Stream.of(Connections.class, Traffic.class, CrashedNetwork.class);
                };
        return Stream.concat(
                        Stream.concat(Stream.of(DriverBasics.class), own), Stream.of(Leaks.class))
                .toList();
    }
}
