// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Listing;

/** A driver as {@code driver ls} and {@code driver info} show it. */
public final class DriverRow {
    private static final int CAPABILITIES_LENGTH = 32;
    private static final int REASON_LENGTH = 60;

    /** Prints rows. */
    public static final Listing LISTING =
            new Listing(
                    "{{.Kind}}\\t{{.Name}}\\t{{.Bundle}}\\t{{.Version}}\\t{{.State}}\\t{{.Used}}"
                            + "\\t{{.Capabilities}}\\t{{.Reason}}",
                    new Fields()
                            .put("Kind", "KIND")
                            .put("Name", "NAME")
                            .put("Bundle", "BUNDLE")
                            .put("Version", "VERSION")
                            .put("BundleId", "BUNDLE ID")
                            .put("State", "STATE")
                            .put("Default", "DEFAULT")
                            .put("Used", "USED BY")
                            .put("Capabilities", "CAPABILITIES")
                            .put("Reason", "REASON")
                            .put("Source", "SOURCE"));

    private DriverRow() {}

    /**
     * @param driver a driver
     * @param whole whether nothing is cut short
     * @return its row
     */
    public static Fields of(DriverStatus driver, boolean whole) {
        String capabilities = String.join(",", driver.capabilities());
        String reason = worksHere(driver) ? "" : String.join("; ", driver.reasons());
        return new Fields()
                .put("Kind", driver.kind())
                .put("Name", driver.name())
                .put("Bundle", driver.bundle())
                .put("Version", driver.version())
                .put("BundleId", Long.toString(driver.bundleId()))
                .put("State", driver.state().toString())
                .put("Default", Boolean.toString(driver.standard()))
                .put("Used", used(driver))
                .put(
                        "Capabilities",
                        whole ? capabilities : Ids.ellipsis(capabilities, CAPABILITIES_LENGTH))
                .put("Reason", whole ? reason : Ids.ellipsis(reason, REASON_LENGTH))
                .put("Source", driver.source());
    }

    /** What there is to know about a driver that works is no reason. */
    private static boolean worksHere(DriverStatus driver) {
        return driver.state() == DriverStatus.State.ACTIVE
                || driver.state() == DriverStatus.State.STANDBY;
    }

    private static String used(DriverStatus driver) {
        if (driver.state() == DriverStatus.State.REFUSED) {
            return "";
        }
        String thing = driver.kind().equals("hypervisor") ? "VM" : "container";
        return driver.uses() + " " + thing + (driver.uses() == 1 ? "" : "s");
    }

    /**
     * @param driver a driver
     * @return all about it
     */
    public static Fields details(DriverStatus driver) {
        return new Fields()
                .put("Kind", driver.kind())
                .put("Name", driver.name())
                .put("Bundle", driver.bundle())
                .put("Version", driver.version())
                .put("BundleId", driver.bundleId())
                .put("State", driver.state().toString())
                .put("Default", driver.standard())
                .put("Uses", (long) driver.uses())
                .put("Capabilities", driver.capabilities())
                .put("Reasons", driver.reasons())
                .put("Facts", driver.facts())
                .put("Source", driver.source());
    }
}
