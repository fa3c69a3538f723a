// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;
import java.util.Map;

/**
 * All that is needed to find a machine again. The runtime keeps it on disk; only the driver
 * understands {@code details}.
 *
 * @param id the machine's id
 * @param hypervisor name of the driver that started it
 * @param directory the machine's folder
 * @param agent where the guest agent is reached
 * @param consoleLog the file that receives the guest's console output, at most 1 MiB of it
 * @param acceleration how it is executed
 * @param details what the driver needs besides (process id and start time, device numbers …)
 */
public record VmRecord(
        String id,
        String hypervisor,
        Path directory,
        ChannelAddress agent,
        Path consoleLog,
        Acceleration acceleration,
        Map<String, String> details) {
    /** Keeps an unmodifiable copy. */
    public VmRecord {
        details = Map.copyOf(details);
    }
}
