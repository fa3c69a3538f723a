// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.linux.DeviceMapper;
import io.hypercontainer.linux.LoopDevices;
import io.hypercontainer.storage.host.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the host has to have. */
final class Host {
    private Host() {}

    /** {@return what is missing and what to do about it, one line each} */
    static List<String> missing() {
        var missing = new ArrayList<String>();
        if (!Files.exists(DeviceMapper.CONTROL)) {
            missing.add(
                    "the kernel has no device-mapper: load it as root (modprobe dm-thin-pool), or"
                            + " use storage overlay");
        } else if (!DeviceMapper.usable()) {
            missing.add(DeviceMapper.CONTROL + " can't be used: run the daemon as root");
        }
        if (!Files.exists(Path.of("/dev/loop-control"))) {
            missing.add("the kernel has no loop devices: load them as root (modprobe loop)");
        } else if (!LoopDevices.usable()) {
            missing.add("/dev/loop-control can't be used: run the daemon as root");
        }
        for (String program : List.of("mke2fs", "resize2fs")) {
            if (Tool.find(program).isEmpty()) {
                missing.add(program + " is missing: install package e2fsprogs");
            }
        }
        return missing;
    }
}
