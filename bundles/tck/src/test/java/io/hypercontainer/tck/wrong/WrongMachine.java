// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.wrong;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A machine with faults. */
final class WrongMachine implements VirtualMachine {
    private final VirtualMachine good;
    private final Faults faults;
    private final Optional<ChannelAddress> channel;

    WrongMachine(VirtualMachine good, Faults faults, Optional<ChannelAddress> channel) {
        this.good = good;
        this.faults = faults;
        this.channel = channel;
    }

    VirtualMachine good() {
        return good;
    }

    @Override
    public VmRecord record() {
        var r = good.record();
        return channel.map(c ->
                        new VmRecord(
                                r.id(),
                                r.hypervisor(),
                                r.directory(),
                                c,
                                r.consoleLog(),
                                r.acceleration(),
                                r.details()))
                .orElse(r);
    }

    @Override
    public VmState state() {
        var state = good.state();
        return faults.has(Fault.NEVER_PAUSED) && state == VmState.PAUSED ? VmState.RUNNING : state;
    }

    @Override
    public Optional<VmExit> waitForExit(Duration timeout) {
        return good.waitForExit(timeout)
                .map(e ->
                        faults.has(Fault.EVERY_END_IS_ORDERLY)
                                ? new VmExit(true, e.reason(), e.at())
                                : e);
    }

    @Override
    public void kill() {
        good.kill();
    }

    @Override
    public List<String> consoleTail(int lines) {
        var tail = good.consoleTail(lines);
        return faults.has(Fault.CONSOLE_BACKWARDS) ? tail.reversed() : tail;
    }

    @Override
    public VmStats stats() {
        try {
            return good.stats();
        } catch (Conflict e) {
            if (faults.has(Fault.STATS_AFTER_THE_END)) {
                return new VmStats(Duration.ZERO, 0);
            }
            throw e;
        }
    }

    @Override
    public void pause() {
        good.pause();
    }

    @Override
    public void resume() {
        good.resume();
    }

    @Override
    public void addDisk(Disk disk) {
        good.addDisk(disk);
    }

    @Override
    public void removeDisk(String id) {
        good.removeDisk(id);
    }

    @Override
    public void addNic(Nic nic) {
        good.addNic(nic);
    }

    @Override
    public void removeNic(String id) {
        good.removeNic(id);
    }

    @Override
    public void setForwards(String id, List<Forward> forwards) {
        try {
            good.setForwards(id, forwards);
        } catch (HyperException e) {
            if (!faults.has(Fault.PORTS_OF_ANY_INTERFACE)) {
                throw e;
            }
        }
    }

    @Override
    public void addShare(Share share) {
        good.addShare(share);
    }

    @Override
    public void removeShare(String tag) {
        good.removeShare(tag);
    }

    @Override
    public void setMemory(long bytes) {
        if (!faults.has(Fault.MEMORY_STAYS) || bytes > 1L << 40) {
            good.setMemory(bytes);
        }
    }

    @Override
    public void setCpus(int cpus) {
        if (!faults.has(Fault.ANY_NUMBER_OF_CPUS) || cpus < 100) {
            good.setCpus(cpus);
        }
    }

    @Override
    public void saveTemplate(Path directory) {
        good.saveTemplate(directory);
    }
}
