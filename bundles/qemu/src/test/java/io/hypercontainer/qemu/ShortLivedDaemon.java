// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.nio.file.Path;
import java.util.List;

/** A daemon that starts a machine, says how to find it, and waits to be killed. */
final class ShortLivedDaemon {
    private ShortLivedDaemon() {}

    /** Takes the state folder, the machine's folder and the initrd. */
    public static void main(String[] args) throws InterruptedException {
        var driver = new QemuHypervisor(Configuration.tcg(), Path.of(args[0]));
        var machine =
                driver.launch(
                        new io.hypercontainer.api.hypervisor.VmSpec(
                                "one",
                                Path.of(args[1]),
                                1,
                                LiveTest.MEMORY,
                                TestGuest.boot(Path.of(args[2])),
                                List.of(),
                                List.of(),
                                List.of(),
                                false));
        machine.record().details().forEach((k, v) -> System.out.println(k + "=" + v));
        System.out.println(".");
        Thread.sleep(Long.MAX_VALUE);
    }
}
