// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The drivers of this daemon, which come and go while its containers work. A driver is named by its
 * name ({@code qemu}), by name and version ({@code qemu@0.1.0}), or by the symbolic name of its
 * bundle, with or without a version. What a method has done when it returns is on disk and holds
 * for the next daemon.
 */
@ProviderType
public interface Drivers {
    /** {@return all drivers, and what was refused in the deploy folder; by kind, then by name} */
    List<DriverStatus> list();

    /**
     * Looks a driver up.
     *
     * @param driver its name
     * @return the driver; several if several kinds or versions have that name
     * @throws io.hypercontainer.api.NotFound if there is none
     */
    List<DriverStatus> get(String driver);

    /**
     * Takes a further driver in, or a further version of one. Nothing is left of it if it is
     * refused.
     *
     * @param source the bundle
     * @return its drivers
     * @throws io.hypercontainer.api.InvalidSpec if it is no bundle, has no driver, lacks something
     *     that it was built against, is not signed as the configuration asks, or does not work on
     *     this host
     * @throws io.hypercontainer.api.Conflict if it is here already
     * @throws io.hypercontainer.api.NotFound if there is nothing at its address
     * @throws io.hypercontainer.api.Unavailable if it cannot be fetched now
     */
    List<DriverStatus> install(DriverSource source);

    /**
     * Exchanges a driver's bundle for another version of it, which takes over its machines, root
     * file systems and endpoints. If that is refused the old one goes on.
     *
     * @param driver the driver's name
     * @param source the new bundle; empty to fetch it again from where it came from
     * @return the new bundle's drivers
     * @throws io.hypercontainer.api.NotFound if there is no such driver
     * @throws io.hypercontainer.api.InvalidSpec as {@link #install}, or if several bundles have the
     *     name
     * @throws io.hypercontainer.api.Conflict if its file lies in the deploy folder, which is the
     *     place to change it
     */
    List<DriverStatus> update(String driver, Optional<DriverSource> source);

    /**
     * Takes a driver's bundle out. What it made goes on working without it.
     *
     * @param driver the driver's name
     * @param force also if something is on it
     * @throws io.hypercontainer.api.NotFound if there is no such driver
     * @throws io.hypercontainer.api.InvalidSpec if several bundles have the name
     * @throws io.hypercontainer.api.Conflict if something is on it and {@code force} is not given,
     *     or if its file lies in the deploy folder
     */
    void remove(String driver, boolean force);
}
