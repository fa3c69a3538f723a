// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Writes the arguments of QEMU for a {@link Machine}. The working directory is its folder. */
final class CommandLine {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int MAX_KERNEL_LINE = 2047; // COMMAND_LINE_SIZE of x86, less the end

    /** QEMU's q35 without the parts that a guest would only spend time to find. */
    private static final String MACHINE =
            "q35,vmport=off,smbus=off,sata=off,usb=off,graphics=off,i8042=off,smm=off,hpet=off";

    /** First PCI slot of the root ports; eight share a slot. The last slot is the chip set's. */
    private static final int FIRST_PORT_SLOT = 0x10;

    /**
     * What makes the kernel start faster and changes nothing else. {@code loglevel=1}, not 0, which
     * would hide even a panic.
     */
    private static final List<String> KERNEL_ARGUMENTS =
            List.of(
                    "console=ttyS0",
                    "8250.nr_uarts=1",
                    "loglevel=1",
                    "panic=-1",
                    "reboot=t",
                    "no_timer_check",
                    "noreplace-smp",
                    "cryptomgr.notests",
                    "rcupdate.rcu_expedited=1",
                    "audit=0",
                    "random.trust_cpu=on",
                    "random.trust_bootloader=on",
                    "i8042.noaux",
                    "i8042.nomux",
                    "i8042.nopnp",
                    "i8042.dumbkbd",
                    "pci=lastbus=0",
                    // Ports are plugged through ACPI; else each would take an interrupt for itself.
                    "pcie_ports=compat",
                    "hyper.channel=virtio:" + QemuMachine.AGENT_PORT);

    /**
     * Memory that comes later is used at once, in the way that lets most of it go again. {@code
     * numa=off} leaves QEMU's table of the addresses for it out: for its sake the kernel would set
     * 64 MiB of bounce buffers aside, which took 160 ms of a boot.
     */
    private static final List<String> MORE_MEMORY =
            List.of(
                    "numa=off",
                    "memhp_default_state=online",
                    "memory_hotplug.online_policy=auto-movable");

    private CommandLine() {}

    static List<String> of(Machine machine, MachineFolder folder, int tcgCacheMib) {
        var args = new ArrayList<String>();
        base(args, machine, tcgCacheMib);
        boot(args, machine);
        control(args);
        ports(args, machine.portCount() + (machine.canGetMoreMemory() ? 1 : 0));
        var spec = machine.spec();
        for (var disk : spec.disks()) {
            add(args, "-blockdev", DiskFiles.node(disk, folder));
            add(args, "-device", Devices.disk(disk.id(), machine.port(Devices.diskId(disk.id()))));
        }
        for (var nic : spec.nics()) {
            add(args, "-netdev", Devices.netdev(nic));
            add(args, "-device", Devices.nic(nic, machine.port(Devices.nicId(nic.id()))));
        }
        for (var share : spec.shares()) {
            var id = Devices.shareId(share.tag());
            var port = machine.port(id);
            add(args, "-chardev", socket(id, MachineFolder.shareSocket(port)));
            add(args, "-device", Devices.share(share, port));
        }
        return List.copyOf(args);
    }

    private static void base(List<String> args, Machine machine, int tcgCacheMib) {
        var spec = machine.spec();
        add(args, "-name", "guest=" + spec.id());
        args.add("-nodefaults");
        args.add("-no-user-config");
        add(args, "-display", "none");
        add(
                args,
                "-sandbox",
                "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
        add(
                args,
                "-machine",
                MACHINE + (machine.sharedMemory() ? ",memory-backend=" + GuestMemory.SHARED : ""));
        add(args, "-accel", machine.accelerator().option(tcgCacheMib));
        add(args, "-cpu", machine.accelerator().cpu());
        add(args, "-smp", spec.cpus() + ",maxcpus=" + machine.room().cpus());
        add(args, "-m", memory(machine));
        if (machine.sharedMemory()) {
            add(
                    args,
                    "-object",
                    Devices.memoryBackend(GuestMemory.SHARED, spec.memoryBytes(), true));
        }
    }

    private static String memory(Machine machine) {
        var begin = (machine.spec().memoryBytes() >> 20) + "M";
        return machine.canGetMoreMemory()
                ? begin + ",maxmem=" + (machine.room().memoryBytes() >> 20) + "M"
                : begin;
    }

    private static void boot(List<String> args, Machine machine) {
        var boot = machine.spec().boot();
        add(args, "-bios", "qboot.rom");
        add(args, "-kernel", machine.kernel().toString());
        add(args, "-initrd", boot.initrd().toString());
        var words = new ArrayList<>(KERNEL_ARGUMENTS);
        if (machine.canGetMoreMemory()) {
            words.addAll(MORE_MEMORY);
        }
        words.add(machine.accelerator().kernelArguments());
        words.addAll(boot.arguments());
        words.removeIf(String::isEmpty);
        var joined = String.join(" ", words);
        if (joined.length() > MAX_KERNEL_LINE) {
            throw new InvalidSpec(
                    "the kernel arguments are %d characters too long"
                            .formatted(joined.length() - MAX_KERNEL_LINE));
        }
        add(args, "-append", joined);
        // A guest that restarts itself has ended: nothing may go on unnoticed with a fresh state.
        args.add("-no-reboot");
        // The daemon connects before the first instruction, so that no output is lost.
        args.add("-S");
    }

    private static void control(List<String> args) {
        add(args, "-chardev", server("qmp", MachineFolder.QMP));
        add(args, "-mon", "chardev=qmp,mode=control");
        add(args, "-chardev", server("console", MachineFolder.CONSOLE));
        add(args, "-device", "isa-serial,chardev=console");
        add(args, "-chardev", server("agent", MachineFolder.AGENT));
        add(args, "-device", "virtio-serial-pci,id=serial,bus=pcie.0,addr=1,max_ports=2");
        add(
                args,
                "-device",
                "virtserialport,id=agent,bus=serial.0,nr=1,chardev=agent,name="
                        + QemuMachine.AGENT_PORT);
        add(args, "-device", "virtio-rng-pci,bus=pcie.0,addr=2");
        add(
                args,
                "-device",
                "virtio-balloon-pci,id=%s,bus=pcie.0,addr=3,free-page-reporting=on"
                        .formatted(GuestMemory.BALLOON));
    }

    private static void ports(List<String> args, int count) {
        for (var port = 0; port < count; port++) {
            var port0 = port % 8 == 0 ? ",multifunction=on" : "";
            add(
                    args,
                    "-device",
                    "pcie-root-port,id=%s,bus=pcie.0,chassis=%d,addr=%x.%d%s"
                            .formatted(
                                    Devices.portId(port),
                                    port + 1,
                                    FIRST_PORT_SLOT + port / 8,
                                    port % 8,
                                    port0));
        }
    }

    private static String server(String id, String socket) {
        return socket(id, socket) + ",server=on,wait=off";
    }

    static String socket(String id, String socket) {
        return "socket,id=" + id + ",path=" + socket;
    }

    private static void add(List<String> args, String option, String value) {
        args.add(option);
        args.add(value);
    }

    private static void add(List<String> args, String option, JsonNode value) {
        add(args, option, JSON.writeValueAsString(value));
    }
}
