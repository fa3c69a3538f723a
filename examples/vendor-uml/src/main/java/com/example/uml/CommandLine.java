// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import com.example.uml.monitor.Monitor;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes the commands of a machine. All of them work in its folder. */
final class CommandLine {
    private static final int MAX_KERNEL_LINE = 4095; // COMMAND_LINE_SIZE of UML, less the end

    /** What the kernel would only spend time with: it starts in 0.1 s instead of 1.1 s. */
    private static final List<String> SPEED =
            List.of(
                    "quiet",
                    "loglevel=1", // not 0, which would hide even a panic
                    // Choosing the fastest way to compute what only RAID needs takes 0.8 s.
                    "initcall_blacklist=raid6_select_algo,calibrate_xor_blocks,init_zswap",
                    // Each of 512 old terminals is announced by trying to start a program.
                    "pty.legacy_count=0",
                    "lpj=40000000",
                    "audit=0");

    private CommandLine() {}

    /**
     * @param uid the machine's user, -1 for the daemon's
     * @return the command that starts all of a machine
     */
    static List<String> of(VmSpec spec, Installation installation, int uid) {
        var words = new ArrayList<>(Confinement.ofMachine(uid));
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx16m", "-Xss256k"));
        words.addAll(List.of("-XX:-UsePerfData", "-XX:+ExitOnOutOfMemoryError"));
        // The class path would be made absolute, and the folders above may be closed to the user.
        words.addAll(
                List.of("-Xbootclasspath/a:" + MachineFolder.MONITOR, Monitor.class.getName()));
        // For whoever looks for the processes that belong to a folder.
        words.add(spec.directory().toString());
        for (var i = 0; i < spec.nics().size(); i++) {
            words.addAll(UserNetwork.command(installation.slirp4netns(), spec.nics().get(i), i));
            words.add(Monitor.NEXT);
        }
        words.addAll(kernel(spec, installation));
        return words;
    }

    private static List<String> kernel(VmSpec spec, Installation installation) {
        var words = new ArrayList<String>();
        words.add("mem=" + (spec.memoryBytes() >> 20) + "M");
        words.add("initrd=" + MachineFolder.INITRD);
        words.add("umid=" + spec.id());
        // No folder, no socket in it through which the kernel could be told things.
        words.add("uml_dir=/dev/null/");
        // A guest that restarts itself has ended: nothing may go on unnoticed with a fresh state.
        words.add("noreboot");
        // A guest's root could mount folders of the host; below this there are none.
        words.add("hostfs=/dev/null");
        words.addAll(List.of("con=null", "con0=null,fd:2"));
        // Non-raw: the kernel leaves alone what is behind its lines. They are pipes, no terminals.
        words.addAll(List.of("ssl-non-raw", "ssl=null", "ssl0=fd:0,fd:1"));
        words.add("ssl1=null,tty:" + MachineFolder.PACE);
        words.add("hyper.channel=tty:/dev/ttyS0,/dev/ttyS1");
        words.addAll(SPEED);
        for (var i = 0; i < spec.disks().size(); i++) {
            words.add(disk(spec.disks().get(i), i));
        }
        for (var i = 0; i < spec.nics().size(); i++) {
            words.add(nic(spec.nics().get(i), i));
        }
        words.addAll(spec.boot().arguments());
        if (String.join(" ", words).length() > MAX_KERNEL_LINE) {
            throw new InvalidSpec(
                    "machine " + spec.id() + ": the kernel arguments are too long together");
        }
        words.add(0, installation.kernel().toString());
        words.addAll(0, Confinement.ofKernel());
        return words;
    }

    /**
     * {@code d}: the file is what the guest sees. Without it the kernel would look for the header
     * of a "COW" file in it, which a guest could have written, and open the file of the host that
     * the header names. {@code c}: no lock, which QEMU would take for that of a writer; only for
     * what is read.
     */
    private static String disk(Disk disk, int index) {
        return "ubd%d%s=%s,,%s"
                .formatted(
                        index, disk.readOnly() ? "dcr" : "d", MachineFolder.disk(index), disk.id());
    }

    private static String nic(Nic nic, int index) {
        return "vec%d:transport=bess,dst=%s,depth=64,mac=%s%s"
                .formatted(
                        index,
                        MachineFolder.network(index),
                        nic.mac(),
                        nic.mtu() > 0 ? ",mtu=" + nic.mtu() : "");
    }
}
