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
import io.hypercontainer.api.runtime.RestartPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DoctorTest extends LocalDaemonTest {
    private List<Finding> examine() {
        return daemon.runtime().doctor().examine();
    }

    private List<Finding> collect() {
        return daemon.runtime().doctor().collect();
    }

    private void restart() {
        daemon.stop();
        start();
    }

    /** Starts the daemon and waits until it has taken over what runs. */
    private void start() {
        daemon.start();
        daemon.plug();
        while (examine().stream().anyMatch(f -> f.problem().contains("to be recovered"))) {
            Thread.onSpinWait();
        }
    }

    private Path record(String kind, String id) {
        return root.resolve(kind + "s", id, kind + ".json");
    }

    private String pod(String... names) throws Exception {
        List<ContainerSpec> containers =
                java.util.Arrays.stream(names)
                        .map(n ->
                                ContainerSpec.of("host")
                                        .name(n)
                                        .command(List.of("sleep", "1000"))
                                        .build())
                        .toList();
        String id =
                daemon.runtime()
                        .pods()
                        .create(
                                new PodSpec(
                                        Optional.of("pod-" + names[0]),
                                        Optional.empty(),
                                        Map.of(),
                                        MachineSpec.DEFAULT,
                                        List.of(),
                                        Dns.OF_NETWORK,
                                        List.of(),
                                        containers))
                        .id();
        daemon.runtime().pods().start(id);
        return id;
    }

    @Test
    void aHealthyHostHasNoFindings() throws Exception {
        assertThat(examine()).isEmpty();
        String running = run(Specs.command("sleep", "1000").port(8080));
        pod("aa", "bb");
        create(Specs.sh("true"));
        String exited = run(Specs.sh("exit 1"));
        daemon.containers().waitFor(exited);

        assertThat(examine()).isEmpty();
        assertThat(collect()).isEmpty();
        restart();
        // Until it has been taken over, a pod is worth a word, but not garbage.
        assertThat(examine()).noneMatch(Finding::garbage);
        assertThat(collect()).isEmpty();
        try (Attachment exec = daemon.containers().exec(running, Specs.exec("true"))) {
            assertThat(exec.waitFor().exitCode()).isZero();
        }
    }

    @Test
    void aMachineOfADamagedContainerIsEndedOnlyWhenToldSo() throws Exception {
        String damaged = run(Specs.command("sleep", "1000").port(8080));
        String fine = run(Specs.command("sleep", "1000"));
        daemon.stop();
        Files.writeString(record("container", damaged), "{\"schema\" : 1, ");
        start();

        assertThat(daemon.containers().list()).extracting(Container::id).containsExactly(fine);
        assertThat(daemon.host.alive()).hasSize(2);
        assertThat(examine())
                .anyMatch(f ->
                        f.garbage()
                                && f.kind().equals("process")
                                && f.subject().contains(damaged.substring(0, 12)))
                .anyMatch(f -> f.kind().equals("record") && f.subject().contains(damaged))
                .noneMatch(f -> f.problem().contains(fine.substring(0, 12)));

        assertThat(collect()).extracting(Finding::kind).contains("process", "interface");

        assertThat(daemon.host.alive()).containsExactly(fine.substring(0, 12));
        assertThat(daemon.network.connected()).containsExactly(fine);
        // Its files stay until somebody has looked at the record and deleted it.
        assertThat(daemon.storage.roots()).contains(damaged);
        assertThat(examine()).singleElement().matches(f -> f.kind().equals("record"));
        delete(root.resolve("containers", damaged));
        assertThat(collect()).extracting(Finding::kind).containsExactly("file");
        assertThat(daemon.storage.roots()).containsExactly(fine);
        assertThat(examine()).isEmpty();
    }

    @Test
    void aMachineOfADamagedPodIsEndedOnlyWhenToldSo() throws Exception {
        String damaged = pod("aa", "bb");
        String fine = pod("cc");
        daemon.stop();
        Files.write(record("pod", damaged), new byte[100]);
        start();

        assertThat(daemon.containers().list()).extracting(Container::name).containsExactly("cc");
        assertThat(examine()).filteredOn(Finding::garbage).isNotEmpty();
        assertThat(examine()).filteredOn(f -> f.kind().equals("record")).hasSize(3);
        collect();
        assertThat(daemon.host.alive()).containsExactly(fine.substring(0, 12));
        assertThat(daemon.storage.roots()).hasSize(3);
    }

    @Test
    void aPodThatLostItsMachinesRecordIsToldAndCanRunAgain() throws Exception {
        String id = run(Specs.command("sleep", "1000").port(8080));
        daemon.stop();
        Files.writeString(root.resolve("pods", id, "machine.json"), "{}");
        start();

        assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(255);
        assertThat(daemon.host.alive()).hasSize(1);
        assertThat(collect()).extracting(Finding::kind).contains("process", "interface");
        assertThat(daemon.host.alive()).isEmpty();
        daemon.containers().start(id);
        assertThat(examine()).singleElement().matches(f -> f.subject().contains("machine.json"));
    }

    @Test
    void aDriverThatIsAwayIsNotAsked() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        daemon.stop();
        delete(root.resolve("containers", id));
        delete(root.resolve("pods", id));
        daemon.start();

        assertThat(examine()).noneMatch(Finding::garbage);
        assertThat(collect()).isEmpty();
        daemon.plug();
        assertThat(collect()).extracting(Finding::kind).contains("process", "file");
        assertThat(daemon.host.alive()).isEmpty();
        assertThat(examine()).isEmpty();
    }

    @Test
    void foldersOfMachinesOfNobodyAreRemovedButNothingMountedInThem() throws Exception {
        Path left = Files.createDirectories(root.resolve("vms/0123456789ab/fs0"));
        Files.writeString(left.resolve("x"), "x");
        assertThat(examine()).singleElement().matches(Finding::garbage);
        assertThat(collect()).hasSize(1);
        assertThat(root.resolve("vms")).isEmptyDirectory();

        Path precious = Files.createDirectories(root.resolve("precious"));
        Files.writeString(precious.resolve("data"), "data");
        Files.createDirectories(left);
        mount("--bind", precious.toString(), left.toString());
        try {
            assertThat(collect()).isEmpty();
            assertThat(precious.resolve("data")).hasContent("data");
            assertThat(examine()).anyMatch(f -> f.problem().contains("mounted"));
        } finally {
            umount(left);
        }
        assertThat(collect()).hasSize(1);
        assertThat(examine()).isEmpty();
    }

    @Test
    void twoThatClaimANameAreBothThere() throws Exception {
        String one = create(Specs.sh("exit 1").name("one"));
        String two = create(Specs.sh("exit 2").name("two"));
        daemon.stop();
        Path file = record("container", two);
        Files.writeString(file, Files.readString(file).replace("\"two\"", "\"one\""));
        start();

        assertThat(daemon.containers().list()).extracting(Container::id).contains(one, two);
        for (String id : List.of(one, two)) {
            daemon.containers().start(id);
            assertThat(daemon.containers().waitFor(id).exitCode())
                    .isEqualTo(id.equals(one) ? 1 : 2);
        }
        assertThat(examine()).anyMatch(f -> f.problem().contains("is taken by"));
    }

    /** While everything is being made and removed, nothing is garbage and nothing is removed. */
    @Test
    void whatGoesOnIsNobodysGarbage() throws Exception {
        String steady = run(Specs.command("sleep", "1000"));
        AtomicBoolean over = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> load =
                    java.util.stream.IntStream.range(0, 4)
                            .mapToObj(i -> threads.submit(() -> churn(over)))
                            .toList();
            for (int i = 0; i < 150; i++) {
                assertThat(examine()).isEmpty();
                assertThat(collect()).isEmpty();
            }
            over.set(true);
            for (Future<Integer> one : load) {
                assertThat(one.get()).isPositive();
            }
        }
        assertThat(get(steady).state()).isInstanceOf(ContainerState.Running.class);
        while (daemon.host.alive().size() > 1) {
            Thread.onSpinWait(); // the last ones remove themselves
        }
        assertThat(daemon.host.alive()).containsExactly(steady.substring(0, 12));
        assertThat(examine()).isEmpty();
    }

    private int churn(AtomicBoolean over) throws Exception {
        int turns = 0;
        while (!over.get() || turns == 0) {
            String id = run(Specs.sh("exit 5"));
            assertThat(daemon.containers().waitFor(id).exitCode()).isEqualTo(5);
            daemon.containers().start(id);
            daemon.containers().remove(id, true, true);
            String auto = run(Specs.command("sleep", "1000").autoRemove());
            daemon.containers().kill(auto, "KILL");
            turns++;
        }
        return turns;
    }

    @Test
    void stoppingAllStopsPodsAndContainers() throws Exception {
        String id = run(Specs.command("sleep", "1000"));
        String pod = pod("aa", "bb");
        create(Specs.sh("true"));

        daemon.runtime().stopAll();

        assertNothingRuns();
        assertThat(get(id).state()).isInstanceOf(ContainerState.Exited.class);
        assertThat(daemon.runtime().pods().get(pod).state())
                .isInstanceOf(io.hypercontainer.api.runtime.PodState.Stopped.class);
    }

    @Test
    void whatEndsWithTheDaemonIsStartedByTheNextOneAsItsPolicySays() throws Exception {
        String service = run(Specs.command("sleep", "1000").restart(RestartPolicy.Kind.ALWAYS));
        String kept =
                run(Specs.command("sleep", "1000").restart(RestartPolicy.Kind.UNLESS_STOPPED));
        String job = run(Specs.command("sleep", "1000"));

        daemon.runtime().stopAll();

        assertNothingRuns();
        restart();
        for (String id : List.of(service, kept)) {
            while (!(get(id).state() instanceof ContainerState.Running)) {
                Thread.onSpinWait();
            }
        }
        assertThat(get(job).state()).isInstanceOf(ContainerState.Exited.class);
        daemon.containers().remove(service, true, true);
        daemon.containers().remove(kept, true, true);
    }

    private static void delete(Path folder) throws Exception {
        io.hypercontainer.runtime.store.Folders.delete(folder);
    }

    static void mount(String... words) throws Exception {
        run("mount", words);
    }

    static void umount(Path point) throws Exception {
        run("umount", point.toString());
    }

    private static void run(String program, String... words) throws Exception {
        var command = new java.util.ArrayList<>(List.of(program));
        command.addAll(List.of(words));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }
}
