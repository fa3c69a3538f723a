// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.agent.GuestAgent;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestNetwork;
import io.hypercontainer.api.agent.GuestProcess;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.GuestSetup;
import io.hypercontainer.api.agent.ProcessSpec;
import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Has a spare run a container of ours once, from its network to its removal. An emulated processor
 * translates code when it meets it first, which is most of what a start takes; what a rehearsal has
 * met is translated when the real container comes.
 */
final class Rehearsal {
    private static final String CONTAINER = "rehearsal";
    private static final String PROGRAM = "/rehearse";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int ENTROPY = 64;

    private final Path layer;
    private final Path disk;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param folder has {@code rehearsal.erofs} and {@code rehearsal.ext4}, see guest/rehearsal
     */
    Rehearsal(Path folder, Clock clock) {
        this.layer = folder.resolve("rehearsal.erofs");
        this.disk = folder.resolve("rehearsal.ext4");
        this.clock = clock;
    }

    /** {@return whether there is something to rehearse with} */
    boolean isPossible() {
        return Files.isReadable(layer) && Files.isReadable(disk);
    }

    /**
     * {@return the machine of a spare}
     *
     * @param like a machine that it can become
     */
    VmSpec spare(SpareStore.Place place, SpareKind kind, VmSpec like) throws IOException {
        Files.copy(disk, place.disk());
        List<Disk> disks = new ArrayList<>();
        for (Disk each : kind.disks()) {
            Path file = each.readOnly() ? layer : place.disk();
            Extent all = new Extent(file, 0, Files.size(file));
            disks.add(new Disk(each.id(), List.of(all), each.readOnly()));
        }
        return new VmSpec(
                place.machine(),
                place.directory(),
                like.cpus(),
                like.memoryBytes(),
                like.boot(),
                disks,
                kind.nics(),
                List.of(),
                like.spare(),
                like.requireHardware());
    }

    void run(GuestAgent agent, VmSpec spare) {
        agent.setUp(setup());
        spare.nics().forEach(nic -> agent.configure(network(nic)));
        agent.createContainer(container(spare));
        runProgram(agent);
        agent.destroyContainer(CONTAINER);
        agent.prepare();
    }

    private GuestSetup setup() {
        byte[] entropy = new byte[ENTROPY];
        random.nextBytes(entropy);
        return new GuestSetup(
                CONTAINER, List.of(), List.of(), List.of(), Map.of(), clock.instant(), entropy);
    }

    /** It keeps the address that it will be found by. */
    private static GuestNetwork network(Nic nic) {
        NicBackend.UserMode user = (NicBackend.UserMode) nic.backend();
        String prefix = user.subnet().substring(user.subnet().indexOf('/'));
        return new GuestNetwork(
                nic.mac(),
                nic.id(),
                List.of(user.guest() + prefix),
                Optional.of(user.gateway()),
                nic.mtu(),
                Optional.of(nic.mac()));
    }

    private static GuestContainer container(VmSpec spare) {
        Disk writable = spare.disks().stream().filter(d -> !d.readOnly()).findFirst().orElseThrow();
        List<GuestRoot.Layer> layers =
                spare.disks().stream()
                        .filter(Disk::readOnly)
                        .map(d ->
                                new GuestRoot.Layer(
                                        d.id(), 0, d.extents().getFirst().length(), "erofs"))
                        .toList();
        GuestRoot root =
                layers.isEmpty()
                        ? new GuestRoot.SingleDisk(writable.id(), "ext4", "/")
                        : new GuestRoot.Layers(layers, Optional.of(writable.id()), "ext4");
        return new GuestContainer(
                CONTAINER, root, false, List.of(), GuestContainer.Limits.NONE, Map.of());
    }

    private static void runProgram(GuestAgent agent) {
        try {
            GuestProcess process =
                    agent.start(
                            CONTAINER,
                            new ProcessSpec(
                                    GuestProcess.INIT,
                                    List.of(PROGRAM),
                                    List.of("PATH=/"),
                                    "/",
                                    "",
                                    Optional.empty(),
                                    false,
                                    false,
                                    List.of(),
                                    List.of()));
            if (process.waitFor(PATIENCE).filter(status -> status.code() == 0).isEmpty()) {
                throw new DriverFailure(PROGRAM + " fails in a spare's guest");
            }
            // To their ends: the agent then forgets the streams, whose numbers the next connection
            // uses again.
            process.stdout().transferTo(OutputStream.nullOutputStream());
            process.stderr().transferTo(OutputStream.nullOutputStream());
            process.acknowledge();
        } catch (CannotExecute | IOException e) {
            throw new DriverFailure(PROGRAM + " cannot be run in a spare: " + e.getMessage(), e);
        }
    }
}
