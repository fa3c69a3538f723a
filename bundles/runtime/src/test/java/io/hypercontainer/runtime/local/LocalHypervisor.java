// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.local;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestAgentConnector;
import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmExit;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.api.hypervisor.VmStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A hypervisor driver whose machines are kept in a host that outlives it. */
public final class LocalHypervisor implements Hypervisor {
    /** The machines; the same host serves several drivers, one after the other. */
    public static final class Host implements GuestAgentConnector {
        private final Map<Path, LocalGuest> guests = new ConcurrentHashMap<>();

        /** Whether the drivers have {@link Capability#RESIZE_MEMORY} and the same of CPUs. */
        public volatile boolean resizes;

        /** What the drivers say of their host. */
        public volatile Optional<HostSize> size = Optional.empty();

        /** Whether the drivers have {@link Capability#JOINED_DISK}. */
        public volatile boolean joinsDisks = true;

        /** Whether they have {@link Capability#SHARE_FILE}. */
        public volatile boolean sharesFiles = true;

        /** Whether they have {@link Capability#TEMPLATE}. */
        public volatile boolean clones;

        /** Whether saving a template works. */
        public volatile boolean saves = true;

        /** How often a machine was started to be saved. */
        public final AtomicInteger templates = new AtomicInteger();

        /** What becomes of a connection to a guest. */
        public volatile UnaryOperator<GuestAgent> connections = agent -> agent;

        /** {@return the machine with this id} */
        public LocalGuest guest(String id) {
            return guests.values().stream()
                    .filter(g -> id.startsWith(g.machine().id()))
                    .findFirst()
                    .orElseThrow();
        }

        /** {@return ids of the machines that live} */
        public List<String> alive() {
            return guests.values().stream()
                    .filter(g -> !g.end.isDone())
                    .map(g -> g.machine().id())
                    .toList();
        }

        @Override
        public GuestAgent connect(ChannelAddress address, Duration timeout) {
            if (address instanceof ChannelAddress.UnixSocket(Path path)) {
                LocalGuest guest = guests.get(path);
                if (guest != null && !guest.end.isDone()) {
                    return connections.apply(new LocalAgent(guest));
                }
            }
            throw new DriverFailure("nobody answers at " + address);
        }

        @Override
        public GuestAgent reconnect(ChannelAddress address, Duration timeout) {
            return connect(address, timeout);
        }
    }

    private static final String SAVED = "saved";
    private final Host host;

    /**
     * @param host where its machines live
     */
    public LocalHypervisor(Host host) {
        this.host = host;
    }

    @Override
    public String name() {
        return "local";
    }

    @Override
    public Probe probe() {
        return Probe.usable(Map.of());
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> capabilities =
                EnumSet.of(
                        Capability.USER_NETWORK,
                        Capability.HOTPLUG_DISK,
                        Capability.SHARE,
                        Capability.HOTPLUG_SHARE,
                        Capability.PAUSE);
        if (host.sharesFiles) {
            capabilities.add(Capability.SHARE_FILE);
        }
        if (host.resizes) {
            capabilities.add(Capability.RESIZE_MEMORY);
            capabilities.add(Capability.RESIZE_CPUS);
        }
        if (host.clones) {
            capabilities.add(Capability.TEMPLATE);
        }
        if (host.joinsDisks) {
            capabilities.add(Capability.JOINED_DISK);
        }
        return capabilities;
    }

    @Override
    public Acceleration acceleration(Boot boot) {
        return new Acceleration("none", Isolation.PROCESS, "these are processes of the host");
    }

    @Override
    public Optional<HostSize> hostSize() {
        return host.size;
    }

    @Override
    public VirtualMachine launch(VmSpec spec) {
        LocalGuest guest = new LocalGuest(spec);
        host.guests.put(socket(spec.directory()), guest);
        return new LocalMachine(guest);
    }

    @Override
    public String templateKey(VmSpec spec) {
        return spec.cpus() + " " + spec.memoryBytes() + " " + spec.disks().size();
    }

    @Override
    public VirtualMachine launchTemplate(VmSpec spec) {
        host.templates.incrementAndGet();
        return launch(spec);
    }

    @Override
    public VirtualMachine clone(Path template, VmSpec spec) {
        try {
            if (!Files.readString(template.resolve(SAVED)).equals(templateKey(spec))) {
                throw new DriverFailure("template " + template + " is damaged");
            }
        } catch (IOException e) {
            throw new DriverFailure("template " + template + ": " + e, e);
        }
        VirtualMachine machine = launch(spec);
        host.guest(spec.id()).cloned = true;
        return machine;
    }

    private static Path socket(Path folder) {
        return folder.resolve("agent.sock");
    }

    @Override
    public Optional<VirtualMachine> adopt(VmRecord record) {
        return Optional.ofNullable(host.guests.get(socket(record.directory())))
                .filter(g -> !g.end.isDone())
                .map(LocalMachine::new);
    }

    @Override
    public List<Holding> census() {
        return host.alive().stream()
                .<Holding>map(id -> new Holding.Owned("process", "guest " + id, id))
                .toList();
    }

    @Override
    public void dispose(Holding holding) {
        if (holding instanceof Holding.Owned machine && host.alive().contains(machine.owner())) {
            host.guest(machine.owner()).end("nobody owned it");
        }
    }

    private final class LocalMachine implements VirtualMachine {
        private final LocalGuest guest;

        LocalMachine(LocalGuest guest) {
            this.guest = guest;
        }

        @Override
        public VmRecord record() {
            Path folder = guest.machine().directory();
            return new VmRecord(
                    guest.machine().id(),
                    name(),
                    folder,
                    new ChannelAddress.UnixSocket(socket(folder)),
                    folder.resolve("console"),
                    acceleration(guest.machine().boot()),
                    Map.of());
        }

        @Override
        public VmState state() {
            if (guest.end.isDone()) {
                return VmState.ENDED;
            }
            return guest.paused ? VmState.PAUSED : VmState.RUNNING;
        }

        @Override
        public Optional<VmExit> waitForExit(Duration timeout) {
            try {
                String reason = guest.end.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
                return Optional.of(new VmExit(false, reason, Instant.now()));
            } catch (TimeoutException e) {
                return Optional.empty();
            } catch (InterruptedException e) {
                throw new Interrupted("waiting", e);
            } catch (ExecutionException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void setMemory(long bytes) {
            guest.memoryBytes = bytes;
        }

        /** As an emulated machine: CPUs stay. */
        @Override
        public void setCpus(int cpus) {
            if (cpus < guest.cpus) {
                throw new Conflict("CPUs cannot be taken from a machine while it runs");
            }
            guest.cpus = cpus;
        }

        @Override
        public void pause() {
            guest.paused = true;
        }

        @Override
        public void resume() {
            guest.paused = false;
        }

        @Override
        public void addDisk(Disk disk) {
            if (guest.disks.putIfAbsent(disk.id(), disk) != null) {
                throw new Conflict("there is a disk " + disk.id());
            }
        }

        @Override
        public void removeDisk(String id) {
            if (guest.disks.remove(id) == null) {
                throw new NotFound("there is no disk " + id);
            }
        }

        @Override
        public void addShare(Share share) {
            if (guest.shares.putIfAbsent(share.tag(), share) != null) {
                throw new Conflict("there is a share " + share.tag());
            }
        }

        @Override
        public void removeShare(String tag) {
            if (guest.shares.remove(tag) == null) {
                throw new NotFound("there is no share " + tag);
            }
        }

        @Override
        public void setForwards(String id, List<Forward> forwards) {
            guest.forwards = List.copyOf(forwards);
        }

        @Override
        public void saveTemplate(Path directory) {
            try {
                if (!host.saves) {
                    throw new DriverFailure("there is no room for a template");
                }
                Files.writeString(directory.resolve(SAVED), templateKey(guest.machine()));
            } catch (IOException e) {
                throw new DriverFailure("template " + directory + ": " + e, e);
            } finally {
                kill();
            }
        }

        @Override
        public void kill() {
            guest.end("killed");
        }

        @Override
        public List<String> consoleTail(int lines) {
            return List.of("the last line of the console");
        }

        @Override
        public VmStats stats() {
            return new VmStats(Duration.ZERO, 0);
        }
    }
}
