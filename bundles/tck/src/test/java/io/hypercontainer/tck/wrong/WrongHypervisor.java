// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A hypervisor with faults. */
final class WrongHypervisor implements Hypervisor, AutoCloseable {
    private final Hypervisor good;
    private final Faults faults;
    private final Map<String, Process> left = new ConcurrentHashMap<>();
    private final Map<String, Relay> relays = new ConcurrentHashMap<>();

    WrongHypervisor(Hypervisor good, Faults faults) {
        this.good = good;
        this.faults = faults;
    }

    @Override
    public String name() {
        return faults.name(good);
    }

    @Override
    public Probe probe() {
        return faults.probe(good);
    }

    @Override
    public List<Holding> census() {
        return faults.census(good);
    }

    @Override
    public void dispose(Holding holding) {
        faults.dispose(good, holding);
    }

    @Override
    public Set<Capability> capabilities() {
        var all = EnumSet.copyOf(good.capabilities());
        if (faults.has(Fault.CLAIMS_TAP)) {
            all.add(Capability.TAP);
        }
        if (faults.has(Fault.HIDES_PAUSE)) {
            all.remove(Capability.PAUSE);
        }
        return all;
    }

    @Override
    public Acceleration acceleration(Boot boot) {
        return good.acceleration(boot);
    }

    @Override
    public Optional<HostSize> hostSize() {
        return faults.has(Fault.TINY_HOST)
                ? Optional.of(new HostSize(1 << 20, 1))
                : good.hostSize();
    }

    @Override
    public VirtualMachine launch(VmSpec spec) {
        var lock = Path.of("/tmp", spec.id() + "-lock");
        if (faults.has(Fault.LOCK_FILE)) {
            Faults.write(lock);
        }
        try {
            var machine = good.launch(changed(spec));
            if (faults.has(Fault.LEAVES_A_PROCESS)) {
                left.put(spec.id(), helper(spec.directory()));
            }
            if (faults.has(Fault.CHANNEL_THROUGH_THE_DRIVER)) {
                relays.put(spec.id(), Relay.open(machine.record()));
            }
            return wrong(machine);
        } finally {
            if (faults.has(Fault.LOCK_FILE)) {
                delete(lock);
            }
        }
    }

    /** Ends when nothing can be written to it any more. */
    private static Process helper(Path folder) {
        try {
            return new ProcessBuilder("/bin/cat").directory(folder.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private VmSpec changed(VmSpec spec) {
        List<Disk> disks = spec.disks();
        if (faults.has(Fault.DISKS_BACKWARDS)) {
            disks = disks.reversed();
        }
        if (faults.has(Fault.ALL_DISKS_WRITABLE)) {
            disks =
                    disks.stream()
                            .map(d ->
                                    new Disk(
                                            d.id(),
                                            d.extents(),
                                            d.readOnly() && !d.id().equals("read-only")))
                            .toList();
        }
        List<Share> shares = spec.shares();
        if (faults.has(Fault.SHARES_WRITABLE)) {
            shares = shares.stream().map(s -> new Share(s.tag(), s.source(), false)).toList();
        }
        return new VmSpec(
                spec.id(),
                spec.directory(),
                spec.cpus(),
                spec.memoryBytes(),
                spec.boot(),
                disks,
                spec.nics(),
                shares,
                spec.spare(),
                spec.requireHardware());
    }

    @Override
    public Optional<VirtualMachine> adopt(VmRecord record) {
        if (faults.has(Fault.ADOPTS_NOTHING_UNKNOWN) && record.details().isEmpty()) {
            return Optional.empty();
        }
        var adopted = good.adopt(record);
        if (faults.has(Fault.ADOPTS_RUNNING)) {
            adopted.ifPresent(VirtualMachine::resume);
        }
        return adopted.map(this::wrong);
    }

    private VirtualMachine wrong(VirtualMachine machine) {
        var relay = relays.get(machine.record().id());
        return new WrongMachine(machine, faults, Optional.ofNullable(relay).map(Relay::address));
    }

    @Override
    public String templateKey(VmSpec spec) {
        return faults.has(Fault.ONE_KEY) ? "key" : good.templateKey(spec);
    }

    @Override
    public VirtualMachine launchTemplate(VmSpec spec) {
        return good.launchTemplate(spec);
    }

    @Override
    public VirtualMachine clone(Path template, VmSpec spec) {
        return wrong(good.clone(template, spec));
    }

    @Override
    public VirtualMachine assign(VirtualMachine spare, VmSpec spec) {
        return wrong(good.assign(((WrongMachine) spare).good(), spec));
    }

    @Override
    public void prepareTemplate(Path template) {
        good.prepareTemplate(template);
    }

    @Override
    public void forgetTemplate(Path template) {
        good.forgetTemplate(template);
    }

    @Override
    public void close() {
        left.values().forEach(Process::destroyForcibly);
        relays.values().forEach(Relay::close);
    }
}
