// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the configuration of a domain (xl.cfg(5)). */
final class DomainConfig {
    /** Nothing for Xen to do: the driver connects devices itself, and much faster. */
    private static final String NO_SCRIPT = "script=/bin/true";

    private static final int MAX_KERNEL_LINE = 1023; // MAX_GUEST_CMDLINE of PV guests, less the end
    private static final int LETTERS = 26;

    /** {@code loglevel=1}, not 0, which would hide even a panic. */
    private static final List<String> KERNEL_ARGUMENTS =
            List.of(
                    "console=hvc0",
                    "loglevel=1",
                    "panic=-1",
                    "cryptomgr.notests",
                    "rcupdate.rcu_expedited=1",
                    "audit=0",
                    "random.trust_cpu=on",
                    "hyper.channel=tty:/dev/hvc1");

    private DomainConfig() {}

    /**
     * @param type {@code pvh} or {@code pv}
     * @param mostCpus how many CPUs the machine can get while it runs
     */
    static String of(VmSpec spec, MachineState state, String type, int mostCpus) {
        var lines = new ArrayList<String>();
        lines.add("name = " + quoted(state.domainName()));
        lines.add("uuid = " + quoted(state.uuid()));
        lines.add("type = " + quoted(type));
        lines.add("kernel = " + quoted(spec.boot().kernel().toString()));
        lines.add("ramdisk = " + quoted(spec.boot().initrd().toString()));
        lines.add("extra = " + quoted(kernelLine(spec)));
        lines.add("memory = " + (spec.memoryBytes() >> 20));
        lines.add("vcpus = " + spec.cpus());
        if (mostCpus > spec.cpus()) {
            lines.add("maxvcpus = " + mostCpus);
            // The guest itself switches CPUs on; it gets no more time than those it is given.
            lines.add("cap = " + GuestCpus.cap(spec.cpus()));
        }
        // Emulating the time stamp counter would cost an exit each time it is read.
        lines.add("tsc_mode = \"native\"");
        for (var event : List.of("poweroff", "reboot", "watchdog", "crash")) {
            lines.add("on_" + event + " = \"destroy\"");
        }
        lines.add(list("disk", state.disks().stream().map(DomainConfig::disk)));
        lines.add(list("vif", nics(spec, state)));
        // Of several channels, xl makes all but the first.
        var agent = "connection=socket,name=hyper.agent.0,path=" + state.folder().agent();
        lines.add(list("channel", Stream.of("connection=pty,name=none", agent)));
        return String.join("\n", lines) + "\n";
    }

    /** {@return the form in which xl takes a disk} */
    static String disk(MachineState.DiskState disk) {
        return "vdev=%s,access=%s,format=raw,%s,target=%s"
                .formatted(disk.name(), disk.readOnly() ? "ro" : "rw", NO_SCRIPT, disk.device());
    }

    private static Stream<String> nics(VmSpec spec, MachineState state) {
        return spec.nics().stream()
                .map(n -> nic(n, state.nic(n.id()).orElseThrow().number()))
                .map(words -> String.join(",", words));
    }

    /** {@return the words by which xl takes an interface} */
    static List<String> nic(Nic nic, int number) {
        return List.of("mac=" + nic.mac(), "devid=" + number, NO_SCRIPT);
    }

    /** {@return how a guest's kernel calls a disk} */
    static String diskName(int index) {
        var first = index < LETTERS ? "" : String.valueOf((char) ('a' + index / LETTERS - 1));
        return "xvd" + first + (char) ('a' + index % LETTERS);
    }

    private static String kernelLine(VmSpec spec) {
        var line =
                Stream.concat(KERNEL_ARGUMENTS.stream(), spec.boot().arguments().stream())
                        .collect(Collectors.joining(" "));
        if (line.length() > MAX_KERNEL_LINE) {
            throw new InvalidSpec(
                    "machine %s: the kernel arguments are longer than %d together"
                            .formatted(spec.id(), MAX_KERNEL_LINE));
        }
        return line;
    }

    private static String list(String key, Stream<String> values) {
        return values.map(DomainConfig::quoted)
                .collect(Collectors.joining(", ", key + " = [ ", " ]"));
    }

    private static String quoted(String text) {
        var mark = text.contains("\"") ? "'" : "\"";
        if (text.contains(mark) || text.contains("\\") || text.chars().anyMatch(c -> c < ' ')) {
            throw new InvalidSpec(
                    "'"
                            + text
                            + "' cannot be told to Xen: it has both kinds of quotes, a backslash"
                            + " or a control character");
        }
        return mark + text + mark;
    }
}
