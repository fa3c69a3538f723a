// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import java.util.List;

/** What the runtime knows about the drivers that are plugged into it. */
public interface DriverUse {
    /** {@return all that are plugged in} */
    List<DriverInfo> plugged();

    /**
     * @param kind of the driver
     * @param name its name
     * @param bundle its bundle, as {@link DriverInfo#bundle} has it
     * @return how many machines, root file systems or endpoints are on it
     */
    int uses(String kind, String name, String bundle);

    /**
     * @param kind of the driver
     * @param name its name
     * @param bundle its bundle, as {@link DriverInfo#bundle} has it
     * @return whether what is new goes to that bundle, if it goes to a driver of that name
     */
    boolean serves(String kind, String name, String bundle);
}
