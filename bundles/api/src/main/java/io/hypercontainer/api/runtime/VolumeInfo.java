// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import io.hypercontainer.api.storage.Volume;
import java.util.List;

/**
 * A volume, and who has to do with it.
 *
 * @param volume the volume
 * @param driver name of the storage driver that keeps it
 * @param containers ids of the containers that use it, whether they run or not
 */
public record VolumeInfo(Volume volume, String driver, List<String> containers) {
    /** Keeps an unmodifiable copy. */
    public VolumeInfo {
        containers = List.copyOf(containers);
    }
}
