// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.ContainerState;
import io.hypercontainer.api.runtime.Dns;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.PodSpec;
import io.hypercontainer.runtime.local.LocalDaemon;
import io.hypercontainer.runtime.store.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever happens to a file of the state, the runtime starts, and all others are there. */
class DamageTest extends LocalDaemonTest {
    private static final int TURNS = 4;

    @TempDir Path copy;

    private final Map<String, String> podOf = new HashMap<>();
    private Map<String, String> whole = Map.of();
    private List<Path> files = List.of();
    private List<String> alive = List.of();

    @Test
    void aDamagedFileCostsItsOwnerAtMost() throws Exception {
        var seed = Long.getLong("hyper.seed", System.nanoTime());
        System.out.println("DamageTest: -Dhyper.seed=" + seed);
        var random = new Random(seed);
        fill();
        for (int turn = 0; turn < TURNS * files.size(); turn++) {
            Path file = files.get(turn % files.size());
            String what = turn + ": " + damage(root.resolve(file), random) + " " + file;

            daemon.start();
            daemon.plug();

            assertOthersAreThere(what, pod(file));
            List<Finding> findings = daemon.runtime().doctor().examine();
            if (!states().keySet().containsAll(whole.keySet())) {
                assertThat(findings).as(what).isNotEmpty();
            }
            daemon.stop();
            if (daemon.host.alive().equals(alive)) {
                restore();
            } else {
                // What the record says that was damaged may well be the end of its machine.
                daemon.start();
                daemon.close();
                fill();
            }
        }
        daemon.start();
        daemon.plug();
        assertThat(states()).isEqualTo(whole);
    }

    /** Containers in every state, and a copy of what is on the disk. */
    private void fill() throws Exception {
        Folders.delete(copy);
        Folders.delete(root);
        Files.createDirectories(root);
        daemon = new LocalDaemon(root);
        runAll();
        whole = states();
        daemon.containers().list().forEach(c -> podOf.put(c.id(), c.pod()));
        daemon.stop();
        alive = daemon.host.alive();
        files = files();
        copy(root, copy);
        assertThat(files).hasSizeGreaterThan(12);
    }

    private void runAll() throws Exception {
        run(Specs.command("sleep", "1000").name("running").port(8080));
        String exited = run(Specs.sh("echo hello; exit 7").name("exited"));
        daemon.containers().waitFor(exited);
        create(Specs.sh("true").name("created"));
        daemon.runtime()
                .pods()
                .create(
                        new PodSpec(
                                Optional.of("pod"),
                                Optional.empty(),
                                Map.of(),
                                MachineSpec.DEFAULT,
                                List.of(),
                                Dns.OF_NETWORK,
                                List.of(),
                                List.of(sleeper("first"), sleeper("second"))));
        daemon.runtime().pods().start("pod");
        awaitRunning("first");
        awaitRunning("second");
    }

    private static ContainerSpec sleeper(String name) {
        return ContainerSpec.of("host").name(name).command(List.of("sleep", "1000")).build();
    }

    private void awaitRunning(String name) throws Exception {
        daemon.containers().start(name);
        assertThat(get(name).state()).isInstanceOf(ContainerState.Running.class);
    }

    /** {@return what each container is, by id} */
    private Map<String, String> states() {
        Map<String, String> all = new HashMap<>();
        for (Container container : daemon.containers().list()) {
            String state =
                    container.state() instanceof ContainerState.Exited exited
                            ? "exited " + exited.status().exitCode()
                            : container.state().getClass().getSimpleName();
            all.put(container.id(), container.pod() + " " + container.name() + " " + state);
        }
        return all;
    }

    private void assertOthersAreThere(String what, String damagedPod) throws Exception {
        Map<String, String> now = states();
        for (Map.Entry<String, String> container : whole.entrySet()) {
            if (container.getValue().startsWith(damagedPod)) {
                continue;
            }
            assertThat(now).as(what).contains(container);
            if (container.getValue().endsWith("Running")) {
                try (Attachment exec =
                        daemon.containers().exec(container.getKey(), Specs.exec("true"))) {
                    assertThat(exec.waitFor().exitCode()).as(what).isZero();
                }
            }
        }
    }

    /** {@return id of the pod whose file this is} */
    private String pod(Path file) {
        String id = file.getNameCount() > 1 ? file.getName(1).toString() : "no pod";
        return podOf.getOrDefault(id, id);
    }

    private List<Path> files() throws IOException {
        try (var all = Files.walk(root)) {
            return all.filter(Files::isRegularFile).map(root::relativize).sorted().toList();
        }
    }

    private void restore() throws IOException {
        Folders.delete(root);
        copy(copy, root);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var all = Files.walk(from)) {
            for (Path path : all.toList()) {
                Path target = to.resolve(from.relativize(path));
                if (Files.isDirectory(path)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(path, target);
                }
            }
        }
    }

    private static String damage(Path file, Random random) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        return switch (random.nextInt(6)) {
            case 0 -> {
                Files.write(file, Arrays.copyOf(whole, random.nextInt(whole.length + 1)));
                yield "cut off";
            }
            case 1 -> {
                Files.delete(file);
                yield "without";
            }
            case 2 -> {
                Files.delete(file);
                Files.createDirectory(file);
                yield "folder for";
            }
            case 3 -> {
                Files.delete(file);
                Files.createSymbolicLink(
                        file, Path.of(random.nextBoolean() ? "/dev/zero" : "/no/where"));
                yield "link for";
            }
            case 4 -> {
                random.nextBytes(whole);
                Files.write(file, whole);
                yield "noise in";
            }
            default -> {
                for (int n = 1 + random.nextInt(4); n > 0 && whole.length > 0; n--) {
                    whole[random.nextInt(whole.length)] = (byte) random.nextInt(256);
                }
                Files.write(file, whole);
                yield "bytes in";
            }
        };
    }
}
