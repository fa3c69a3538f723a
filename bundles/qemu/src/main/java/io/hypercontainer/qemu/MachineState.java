// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that a machine holds on the host. It is on disk before anything is taken, so that whatever
 * cuts a change off, everything is found again and given back.
 *
 * @param version of this form
 * @param id the machine
 * @param startedAs the id that its process was started with; another one if it was a spare
 * @param directory its folder
 * @param uid the user that it runs as, -1 if the daemon's
 * @param launched whether its start has been completed; else nobody knows it but this file
 * @param process QEMU, null until it is started
 * @param ports how many root ports it has
 * @param disks disks that are plugged in
 * @param nics network interfaces that are plugged in
 * @param shares shared folders
 */
record MachineState(
        int version,
        String id,
        @Nullable String startedAs,
        String directory,
        int uid,
        boolean launched,
        @Nullable ProcessIdentity process,
        int ports,
        List<DiskState> disks,
        List<NicState> nics,
        List<ShareState> shares) {

    static final int VERSION = 1;
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    /** Refuses what makes no sense: a damaged file may well be JSON. */
    MachineState {
        if (version != VERSION) {
            throw new IllegalArgumentException("version " + version + " is unknown");
        }
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("no machine is called " + id);
        }
        if (!Path.of(directory).isAbsolute()) {
            throw new IllegalArgumentException(directory + " is no absolute path");
        }
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
        shares = List.copyOf(shares);
    }

    /**
     * @param id the disk
     * @param port its root port
     * @param files files and devices that have been given to the machine's user
     */
    record DiskState(String id, int port, List<String> files) {
        DiskState {
            Objects.requireNonNull(id);
            files = List.copyOf(files);
            if (files.stream().anyMatch(f -> f.indexOf('\0') >= 0)) {
                throw new IllegalArgumentException("no file is called like that");
            }
        }

        /** A writable disk is one file; a read-only one stays whose it is. */
        static DiskState of(Disk disk, int port) {
            var given =
                    disk.readOnly()
                            ? List.<String>of()
                            : disk.extents().stream().map(e -> e.file().toString()).toList();
            return new DiskState(disk.id(), port, given);
        }
    }

    /**
     * @param id the interface
     * @param port its root port
     * @param guest the guest's address, to which ports are forwarded
     * @param forwards forwarded ports
     */
    record NicState(String id, int port, String guest, List<Forward> forwards) {
        NicState {
            Objects.requireNonNull(id);
            Objects.requireNonNull(guest);
            forwards = List.copyOf(forwards);
        }

        static NicState of(Nic nic, int port) {
            return switch (nic.backend()) {
                case NicBackend.UserMode user ->
                        new NicState(nic.id(), port, user.guest(), user.forwards());
                case NicBackend.Tap _ -> new NicState(nic.id(), port, "", List.of());
            };
        }
    }

    /**
     * @param tag the share
     * @param port its root port
     * @param daemon the virtiofs daemon, null until it is started
     */
    record ShareState(String tag, int port, @Nullable ProcessIdentity daemon) {
        ShareState {
            Objects.requireNonNull(tag);
        }
    }

    static MachineState claimed(String id, Path directory, int uid) {
        return new MachineState(
                VERSION,
                id,
                null,
                directory.toString(),
                uid,
                false,
                null,
                0,
                List.of(),
                List.of(),
                List.of());
    }

    static MachineState parse(String json) {
        return JSON.readValue(json, MachineState.class);
    }

    String json() {
        return JSON.writeValueAsString(this);
    }

    MachineFolder folder() {
        return new MachineFolder(Path.of(directory));
    }

    ProcessIdentity running() {
        if (process == null) {
            throw new IllegalStateException("machine " + id + " has not been started");
        }
        return process;
    }

    /** {@return the id that its process knows} */
    String processName() {
        return startedAs == null ? id : startedAs;
    }

    OptionalInt freePort() {
        var taken =
                Stream.of(
                                disks.stream().map(DiskState::port),
                                nics.stream().map(NicState::port),
                                shares.stream().map(ShareState::port))
                        .flatMap(p -> p)
                        .toList();
        return IntStream.range(0, ports).filter(p -> !taken.contains(p)).findFirst();
    }

    Optional<DiskState> disk(String wanted) {
        return disks.stream().filter(d -> d.id().equals(wanted)).findFirst();
    }

    Optional<NicState> nic(String wanted) {
        return nics.stream().filter(n -> n.id().equals(wanted)).findFirst();
    }

    Optional<ShareState> share(String wanted) {
        return shares.stream().filter(s -> s.tag().equals(wanted)).findFirst();
    }

    /** {@return the same process as another machine, whose making has only begun} */
    MachineState as(String other, Path folder) {
        return new MachineState(
                version,
                other,
                processName(),
                folder.toString(),
                uid,
                false,
                process,
                ports,
                disks,
                nics,
                shares);
    }

    MachineState withProcess(ProcessIdentity started) {
        return new MachineState(
                version, id, startedAs, directory, uid, launched, started, ports, disks, nics,
                shares);
    }

    MachineState withLaunched() {
        return new MachineState(
                version, id, startedAs, directory, uid, true, process, ports, disks, nics, shares);
    }

    MachineState withPorts(int count) {
        return new MachineState(
                version, id, startedAs, directory, uid, launched, process, count, disks, nics,
                shares);
    }

    MachineState with(DiskState disk) {
        var others = disks.stream().filter(d -> !d.id().equals(disk.id()));
        return withDisks(Stream.concat(others, Stream.of(disk)).toList());
    }

    MachineState with(NicState nic) {
        var others = nics.stream().filter(n -> !n.id().equals(nic.id()));
        return withNics(Stream.concat(others, Stream.of(nic)).toList());
    }

    MachineState with(ShareState share) {
        var others = shares.stream().filter(s -> !s.tag().equals(share.tag()));
        return withShares(Stream.concat(others, Stream.of(share)).toList());
    }

    MachineState withoutDisk(String gone) {
        return withDisks(disks.stream().filter(d -> !d.id().equals(gone)).toList());
    }

    MachineState withoutNic(String gone) {
        return withNics(nics.stream().filter(n -> !n.id().equals(gone)).toList());
    }

    MachineState withoutShare(String gone) {
        return withShares(shares.stream().filter(s -> !s.tag().equals(gone)).toList());
    }

    private MachineState withDisks(List<DiskState> changed) {
        return new MachineState(
                version, id, startedAs, directory, uid, launched, process, ports, changed, nics,
                shares);
    }

    private MachineState withNics(List<NicState> changed) {
        return new MachineState(
                version, id, startedAs, directory, uid, launched, process, ports, disks, changed,
                shares);
    }

    private MachineState withShares(List<ShareState> changed) {
        return new MachineState(
                version, id, startedAs, directory, uid, launched, process, ports, disks, nics,
                changed);
    }
}
