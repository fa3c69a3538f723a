// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.nio.file.Path;

/**
 * Names of the files in a machine's folder. The folder and all files in it are the daemon's; QEMU
 * may create its sockets in it while it starts, and nothing any more once the guest runs. So the
 * daemon can use these names although a guest may have taken QEMU over.
 *
 * @param path the folder
 */
record MachineFolder(Path path) {
    static final String AGENT = "agent.sock";
    static final String QMP = "qmp.sock";
    static final String CONSOLE = "console.sock";

    Path agent() {
        return path.resolve(AGENT);
    }

    Path qmp() {
        return path.resolve(QMP);
    }

    Path console() {
        return path.resolve(CONSOLE);
    }

    Path consoleLog() {
        return path.resolve("console.log");
    }

    /** What QEMU writes to its standard output and error. */
    Path qemuLog() {
        return path.resolve("qemu.log");
    }

    /** Describes a disk of several extents. */
    Path descriptor(String disk) {
        return path.resolve("disk-" + disk + ".vmdk");
    }

    /** Leads to an extent, so that no path of the host has to be quoted in a descriptor. */
    Path extent(String disk, int index) {
        return path.resolve("disk-" + disk + "." + index);
    }

    static String shareSocket(int port) {
        return "fs" + port + ".sock";
    }

    Path shareSocketPath(int port) {
        return path.resolve(shareSocket(port));
    }

    /** Where the server of a share, and nobody else, sees what is shared. */
    Path shareView(int port) {
        return path.resolve("fs" + port);
    }
}
