// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import java.nio.file.Path;

/**
 * Names of the files in a machine's folder.
 *
 * @param path the folder
 */
record MachineFolder(Path path) {
    Path agent() {
        return path.resolve("agent.sock");
    }

    Path config() {
        return path.resolve("domain.cfg");
    }

    Path console() {
        return path.resolve("console.log");
    }

    Path network(int index) {
        return path.resolve("net" + index + ".sock");
    }

    Path networkLog(int index) {
        return path.resolve("net" + index + ".log");
    }
}
