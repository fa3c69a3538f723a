// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that a machine holds on the host. It is on disk before anything is taken, so that whatever
 * cuts a change off, everything is found again and given back.
 *
 * @param version of this form
 * @param id the machine
 * @param directory its folder
 * @param uuid of its domain, by which a domain is told from a later one with the same number
 * @param paused whether its CPUs have been stopped
 * @param domain the domain, 0 until its launch has been completed
 * @param processes Xen's own for this domain: that of its channel, and the one that destroys the
 *     domain when it has ended; it cannot live without them
 * @param disks disks that are plugged in
 * @param nics network interfaces
 */
record MachineState(
        int version,
        String id,
        String directory,
        String uuid,
        boolean paused,
        int domain,
        List<HostProcess> processes,
        List<DiskState> disks,
        List<NicState> nics) {

    private static final int VERSION = 1;
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    /** An entry may lack what a later version has added. */
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                    .build();

    /** Refuses what makes no sense: a damaged file may well be JSON. */
    MachineState {
        if (version != VERSION) {
            throw new IllegalArgumentException("version " + version + " is unknown");
        }
        if (!ID.matcher(id).matches() || !Path.of(directory).isAbsolute()) {
            throw new IllegalArgumentException("no machine is " + id + " in " + directory);
        }
        uuid = UUID.fromString(uuid).toString();
        processes = List.copyOf(processes);
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /**
     * @param file what a disk holds, or a part of it
     * @param offset where the part begins in the file
     * @param length how many bytes the part has
     * @param loop the loop device that was made of the file, empty if there is none (yet)
     */
    record PartState(String file, long offset, long length, String loop) {
        PartState {
            Objects.requireNonNull(file);
            Objects.requireNonNull(loop);
        }

        static PartState of(Extent extent) {
            return new PartState(extent.file().toString(), extent.offset(), extent.length(), "");
        }

        PartState withLoop(Path device) {
            return new PartState(file, offset, length, device.toString());
        }

        Path device() {
            return Path.of(loop.isEmpty() ? file : loop);
        }
    }

    /**
     * @param id the disk
     * @param name how the guest's kernel calls it
     * @param file what it holds, empty if it is joined of parts
     * @param readOnly whether the guest may only read it
     * @param loop the device that was made of the file or the parts, empty if there is none (yet)
     * @param parts what it is joined of, none if it is one whole file or device
     */
    record DiskState(
            String id,
            String name,
            String file,
            boolean readOnly,
            String loop,
            List<PartState> parts) {
        DiskState {
            Objects.requireNonNull(id);
            Objects.requireNonNull(name);
            Objects.requireNonNull(file);
            Objects.requireNonNull(loop);
            parts = parts == null ? List.of() : List.copyOf(parts); // entries of 0.1.0 have none
        }

        static DiskState of(Disk disk, int index) {
            var parts = disk.extents().stream().map(PartState::of).toList();
            var whole = Bounds.isWhole(disk);
            return new DiskState(
                    disk.id(),
                    DomainConfig.diskName(index),
                    whole ? parts.getFirst().file() : "",
                    disk.readOnly(),
                    "",
                    whole ? List.of() : parts);
        }

        boolean joined() {
            return !parts.isEmpty();
        }

        /** {@return all files and devices that it takes} */
        List<PartState> backing() {
            return joined() ? parts : List.of(new PartState(file, 0, 0, loop));
        }

        /**
         * @param now as {@link #backing}
         */
        DiskState withBacking(List<PartState> now) {
            return joined()
                    ? new DiskState(id, name, file, readOnly, loop, now)
                    : withDevice(now.getFirst().device());
        }

        DiskState withDevice(Path device) {
            return new DiskState(id, name, file, readOnly, device.toString(), parts);
        }

        Path device() {
            return Path.of(loop.isEmpty() ? file : loop);
        }
    }

    /**
     * @param id the interface
     * @param number how Xen calls it in this machine
     * @param guest the guest's address, to which ports are forwarded
     * @param forwards forwarded ports
     * @param process the user network behind it, null until it is started
     */
    record NicState(
            String id,
            int number,
            String guest,
            List<Forward> forwards,
            @Nullable HostProcess process) {
        NicState {
            Objects.requireNonNull(id);
            Objects.requireNonNull(guest);
            forwards = List.copyOf(forwards);
        }

        static NicState of(Nic nic, int number) {
            var user = (NicBackend.UserMode) nic.backend();
            return new NicState(nic.id(), number, user.guest(), user.forwards(), null);
        }

        NicState withProcess(HostProcess started) {
            return new NicState(id, number, guest, forwards, started);
        }

        NicState withForwards(List<Forward> now) {
            return new NicState(id, number, guest, now, process);
        }
    }

    static MachineState of(VmSpec spec) {
        var disks =
                IntStream.range(0, spec.disks().size())
                        .mapToObj(i -> DiskState.of(spec.disks().get(i), i))
                        .toList();
        var nics =
                IntStream.range(0, spec.nics().size())
                        .mapToObj(i -> NicState.of(spec.nics().get(i), i))
                        .toList();
        return new MachineState(
                VERSION,
                spec.id(),
                spec.directory().toString(),
                UUID.randomUUID().toString(),
                false,
                0,
                List.of(),
                disks,
                nics);
    }

    static MachineState parse(String json) {
        return JSON.readValue(json, MachineState.class);
    }

    String json() {
        return JSON.writeValueAsString(this);
    }

    /** {@return the name of its domain} */
    String domainName() {
        return "hyper-" + id;
    }

    MachineFolder folder() {
        return new MachineFolder(Path.of(directory));
    }

    Optional<DiskState> disk(String wanted) {
        return disks.stream().filter(d -> d.id().equals(wanted)).findFirst();
    }

    Optional<NicState> nic(String wanted) {
        return nics.stream().filter(n -> n.id().equals(wanted)).findFirst();
    }

    /** {@return a name for a further disk} */
    int freeDisk() {
        var names = disks.stream().map(DiskState::name).toList();
        return IntStream.iterate(0, i -> i + 1)
                .filter(i -> !names.contains(DomainConfig.diskName(i)))
                .findFirst()
                .orElseThrow();
    }

    /** {@return a number for a further interface} */
    int freeNic() {
        var numbers = nics.stream().map(NicState::number).toList();
        return IntStream.iterate(0, i -> i + 1)
                .filter(i -> !numbers.contains(i))
                .findFirst()
                .orElseThrow();
    }

    MachineState withDomain(int number, List<HostProcess> ofXen) {
        return new MachineState(version, id, directory, uuid, paused, number, ofXen, disks, nics);
    }

    MachineState withPaused(boolean now) {
        return new MachineState(version, id, directory, uuid, now, domain, processes, disks, nics);
    }

    MachineState withDisks(UnaryOperator<List<DiskState>> change) {
        var changed = change.apply(new ArrayList<>(disks));
        return new MachineState(
                version, id, directory, uuid, paused, domain, processes, changed, nics);
    }

    MachineState withNics(UnaryOperator<List<NicState>> change) {
        var changed = change.apply(new ArrayList<>(nics));
        return new MachineState(
                version, id, directory, uuid, paused, domain, processes, disks, changed);
    }

    /**
     * @param now a disk as it is now
     */
    MachineState with(DiskState now) {
        return withDisks(all -> {
            all.replaceAll(d -> d.id().equals(now.id()) ? now : d);
            return all;
        });
    }

    /**
     * @param now an interface as it is now
     */
    MachineState with(NicState now) {
        return withNics(all -> {
            all.replaceAll(n -> n.id().equals(now.id()) ? now : n);
            return all;
        });
    }
}
