// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import io.hypercontainer.e2e.ChaosSlot.Operation;
import io.hypercontainer.e2e.ChaosSlot.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Kills the daemon in the middle of what its clients ask of it, again and again, and compares what
 * it knows afterwards with what it had acknowledged.
 *
 * <p>{@code -Dchaos.seed} replays the operations and the moments of a run, {@code -Dchaos.rounds}
 * says how often the daemon is killed.
 */
class ChaosTest {
    private static final int ALONE = 3;
    private static final int TOGETHER = 2;
    private static final String POD = "chaos-pod";
    private static final int ROUNDS = Integer.getInteger("chaos.rounds", 10);
    private static final long SEED = Long.getLong("chaos.seed", System.currentTimeMillis());

    private volatile boolean killed;

    @Test
    void nothing_that_was_acknowledged_is_lost_when_the_daemon_is_killed() throws Exception {
        System.out.println("chaos: -Dchaos.seed=" + SEED + " -Dchaos.rounds=" + ROUNDS);
        Random random = new Random(SEED);
        List<ChaosSlot> slots = new ArrayList<>();
        for (int i = 0; i < ALONE; i++) {
            slots.add(ChaosSlot.alone("chaos-" + i, freePort()));
        }
        List<String> makePod = new ArrayList<>(List.of("pod", "run", "--name", POD));
        for (int i = 0; i < TOGETHER; i++) {
            ChaosSlot slot = ChaosSlot.of(POD, POD + "-" + i, freePort(), 8080 + i);
            slots.add(slot);
            makePod.addAll(List.of("-p", slot.publication()));
        }
        try (Daemon daemon = Daemon.start();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            daemon.ctl(makePod.toArray(String[]::new)).ok();
            ChaosCheck check = new ChaosCheck(daemon, slots);
            for (int round = 0; round < ROUNDS; round++) {
                round(daemon, clients, slots, random);
                daemon.launch();
                try {
                    check.settle();
                } catch (AssertionError e) {
                    throw new AssertionError(
                            "round "
                                    + round
                                    + " of seed "
                                    + SEED
                                    + ":\n"
                                    + e.getMessage()
                                    + "\n"
                                    + Files.readString(daemon.log()),
                            e);
                }
            }
        }
    }

    private void round(Daemon daemon, ExecutorService clients, List<ChaosSlot> slots, Random random)
            throws Exception {
        killed = false;
        List<Future<?>> load = new ArrayList<>();
        // Drawn before the clients start, so that the seed decides and not the scheduler.
        boolean byStep = random.nextBoolean();
        int steps = 1 + random.nextInt(60);
        long millis = random.nextInt(4000);
        List<Random> dice = new ArrayList<>();
        slots.forEach(slot -> dice.add(new Random(random.nextLong())));
        try (WatchService watch = FileSystems.getDefault().newWatchService()) {
            watchFolders(daemon.root, watch);
            for (int i = 0; i < slots.size(); i++) {
                ChaosSlot slot = slots.get(i);
                Random own = dice.get(i);
                load.add(clients.submit(() -> work(daemon, slot, own)));
            }
            if (byStep) {
                awaitChanges(watch, steps);
            } else {
                TimeUnit.MILLISECONDS.sleep(millis);
            }
            killed = true;
            daemon.crash();
        }
        for (Future<?> client : load) {
            client.get();
        }
    }

    /** Changes of these folders are steps of what the daemon does. */
    private static void watchFolders(Path root, WatchService watch) throws IOException {
        for (String name :
                List.of("containers", "pods", "vms", "overlay/roots", "overlay/volumes")) {
            Path folder = Files.createDirectories(root.resolve(name));
            try (var all = Files.walk(folder, 1)) {
                for (Path each : all.filter(Files::isDirectory).toList()) {
                    each.register(
                            watch,
                            StandardWatchEventKinds.ENTRY_CREATE,
                            StandardWatchEventKinds.ENTRY_DELETE,
                            StandardWatchEventKinds.ENTRY_MODIFY);
                }
            }
        }
    }

    private static void awaitChanges(WatchService watch, int changes) throws InterruptedException {
        int seen = 0;
        while (seen < changes) {
            WatchKey key = watch.poll(5, TimeUnit.SECONDS);
            if (key == null) {
                return;
            }
            seen += key.pollEvents().size();
            key.reset();
        }
    }

    private Void work(Daemon daemon, ChaosSlot slot, Random random) throws Exception {
        while (!killed) {
            Operation operation = slot.next(random);
            slot.unanswered = operation;
            Result result = daemon.ctl(slot.words(operation));
            if (result.exit() == 0) {
                slot.done(operation);
                slot.unanswered = null;
            } else if (killed) {
                return null;
            } else if (slot.ownEnd != 0 && slot.state == State.RUNNING) {
                // It may have ended by itself just before.
                slot.unanswered = null;
                slot.state = State.EXITED;
                slot.exitCode = slot.ownEnd;
            } else {
                throw new AssertionError(slot.name + ": " + operation + ": " + result);
            }
        }
        return null;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
