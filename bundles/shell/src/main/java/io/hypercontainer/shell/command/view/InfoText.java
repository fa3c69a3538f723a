// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.SystemInfo;
import io.hypercontainer.api.runtime.SystemInfo.DriverInfo;
import io.hypercontainer.shell.format.HumanSize;
import io.hypercontainer.shell.format.Visible;

/** The system as {@code info} prints it. */
public final class InfoText {
    private final StringBuilder text = new StringBuilder();

    private InfoText() {}

    /**
     * @param info the system
     * @return lines, each with a line feed
     */
    public static String of(SystemInfo info) {
        InfoText writer = new InfoText();
        writer.write(info);
        return writer.text.toString();
    }

    private void write(SystemInfo info) {
        line(0, "Containers", info.running() + info.stopped());
        line(1, "Running", info.running());
        line(1, "Stopped", info.stopped());
        line(0, "Images", info.images());
        line(0, "Server Version", info.version());
        drivers(info, "hypervisor", "Hypervisors");
        drivers(info, "storage", "Storage Drivers");
        drivers(info, "network", "Network Drivers");
        line(0, "Kernel Version", info.hostKernel());
        line(0, "Operating System", info.operatingSystem());
        line(0, "Architecture", System.getProperty("os.arch"));
        line(0, "CPUs", info.cpus());
        line(0, "Total Memory", HumanSize.binary(info.memoryBytes()));
        line(0, "Daemon Memory", HumanSize.binary(info.daemonMemoryBytes()));
        line(0, "Machines Memory", HumanSize.binary(info.machineMemoryBytes()));
        line(0, "Hyper Root Dir", info.root());
        int problems = info.problems().size();
        line(0, "Problems", problems == 0 ? "none" : problems + ", see 'hyperctl doctor'");
    }

    private void drivers(SystemInfo info, String kind, String title) {
        line(0, title, "");
        info.drivers().stream().filter(d -> d.kind().equals(kind)).forEach(this::driver);
    }

    private void driver(DriverInfo driver) {
        String state = driver.usable() ? "" : "not usable";
        line(1, driver.name() + (driver.standard() ? " (default)" : ""), state);
        line(2, "Bundle", driver.bundle());
        driver.facts().forEach((name, value) -> line(2, name, value));
        driver.reasons().forEach(reason -> line(2, "Note", reason));
    }

    private void line(int depth, String name, Object value) {
        String line = name + ": " + value;
        text.repeat(' ', depth).append(Visible.of(line.stripTrailing())).append('\n');
    }
}
