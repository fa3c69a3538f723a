// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import io.hypercontainer.shell.format.Fields;

/** The system as {@code info --format} sees it: docker's fields where they exist, and drivers. */
public final class InfoDetails {
    private InfoDetails() {}

    /**
     * @param info the system
     * @return its fields
     */
    public static Fields of(SystemInfo info) {
        return new Fields()
                .put("Containers", (long) info.running() + info.stopped())
                .put("ContainersRunning", (long) info.running())
                .put("ContainersStopped", (long) info.stopped())
                .put("Images", (long) info.images())
                .put("Driver", standard(info, "storage"))
                .put("Hypervisor", standard(info, "hypervisor"))
                .put("Network", standard(info, "network"))
                .put("KernelVersion", info.hostKernel())
                .put("OperatingSystem", info.operatingSystem())
                .put("OSType", "linux")
                .put("Architecture", System.getProperty("os.arch"))
                .put("NCPU", (long) info.cpus())
                .put("MemTotal", info.memoryBytes())
                .put("DockerRootDir", info.root())
                .put("ServerVersion", info.version())
                .put("DaemonMemory", info.daemonMemoryBytes())
                .put("MachinesMemory", info.machineMemoryBytes())
                .put("Drivers", info.drivers().stream().map(InfoDetails::driver).toList())
                .put("Warnings", info.problems());
    }

    private static Fields driver(DriverInfo driver) {
        return new Fields()
                .put("Kind", driver.kind())
                .put("Name", driver.name())
                .put("Bundle", driver.bundle())
                .put("Usable", driver.usable())
                .put("Default", driver.standard())
                .put("Reasons", driver.reasons())
                .put("Facts", driver.facts());
    }

    static String standard(SystemInfo info, String kind) {
        return info.drivers().stream()
                .filter(driver -> driver.kind().equals(kind) && driver.standard())
                .map(DriverInfo::name)
                .findFirst()
                .orElse("");
    }
}
