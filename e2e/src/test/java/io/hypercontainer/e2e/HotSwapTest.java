// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Drivers are exchanged under containers that serve requests and people who are connected: each 100
 * times, or as often as {@code -Dswap.updates} says.
 */
class HotSwapTest {
    private static final int SERVERS = 10;
    private static final int UPDATES = Integer.getInteger("swap.updates", 100);
    private static final int MOST_STARTS = 10;
    private static final int END_OF_INPUT = 4;
    private static final String COUNT = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.2; done";

    private static final String[] DRIVER_CLASSES = {
        "io.hypercontainer.qemu.QemuHypervisor",
        "io.hypercontainer.storage.overlay.OverlayDriver",
        "io.hypercontainer.network.user.UserNetworkDriver"
    };
    private static final String BUNDLE = "org.apache.felix.framework.BundleImpl";

    /**
     * The version before the last is kept for what may go on in it. And code that the daemon's
     * compiler has made early may hold a version for as long as it runs: it inlines whose calls it
     * saw.
     */
    private static final long MOST_VERSIONS = 4;

    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void updates_of_each_driver_are_noticed_by_nobody() throws Exception {
        var ports = startServers();
        run("counter", "sh", "-c", COUNT);
        daemon.ctl("create", "-it", "--name", "terminal", "--memory", "128m", "busybox", "cat")
                .ok();
        var jars = new LinkedHashMap<String, List<Path>>();
        jars.put("qemu", jars("qemu"));
        jars.put("overlay", jars("storage-overlay"));
        jars.put("user", jars("network-user"));

        try (var clients = new WebClients();
                var exec = daemon.spawn("exec", "-i", "counter", "cat");
                var shell = relay("exec", "-it", "counter", "cat");
                var logs = daemon.spawn("logs", "-f", "counter");
                var terminal = relay("start", "-ai", "terminal")) {
            for (int port : ports) {
                WebClients.awaitAnswer(port, "/hostname");
            }
            echo(exec, "before");
            echo(shell, "before");
            echo(terminal, "before");
            logs.awaitOutput("10\n");
            var started = startTimes();
            var memory = new Memory(daemon);
            long bundles = memory.objects(BUNDLE);
            ports.forEach(port -> clients.ask(port, "/hostname", "\n"));
            var updates = new CountDownLatch(1);
            var starter = CompletableFuture.supplyAsync(() -> startContainersUntil(updates));

            for (int i = 0; i < UPDATES; i++) {
                for (var driver : jars.entrySet()) {
                    update(driver.getKey(), driver.getValue().get(i % 2));
                }
                echo(exec, "exec " + i);
                echo(shell, "shell " + i);
                echo(terminal, "terminal " + i);
            }

            updates.countDown();
            assertThat(starter.get()).isEmpty();
            var last = daemon.ctl("logs", "-n", "1", "counter").ok();
            logs.awaitOutput("\n" + last);
            clients.finish();
            assertThat(clients.failures()).isEmpty();
            assertThat(clients.fewestAnswers()).isPositive();
            assertContiguous(logs.outSoFar());
            assertThat(startTimes()).as("containers go on as they were").isEqualTo(started);
            for (var driver : DRIVER_CLASSES) {
                assertThat(memory.objects(driver)).as(driver).isEqualTo(1);
                assertThat(memory.loaders(driver)).as(driver).isBetween(1L, MOST_VERSIONS);
            }
            assertThat(memory.objects(BUNDLE) - bundles)
                    .isLessThan(DRIVER_CLASSES.length * MOST_VERSIONS);
            exec.stdin().close();
            assertThat(exec.await().exit()).isZero();
            for (var tty : List.of(shell, terminal)) {
                tty.stdin().write(END_OF_INPUT);
                tty.stdin().flush();
                assertThat(tty.await().exit()).isZero();
            }
        }
        assertThat(daemon.problems()).isBlank();
    }

    /** Starts some containers, one after the other, and tells what went wrong with any of them. */
    private String startContainersUntil(CountDownLatch end) {
        var problems = new StringBuilder();
        try {
            for (int i = 0; i < MOST_STARTS && end.getCount() > 0; i++) {
                var run = daemon.ctl("run", "--rm", "--memory", "128m", "busybox", "true");
                if (run.exit() != 0) {
                    problems.append(run);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return problems.toString();
    }

    /** When each server's process started, as its guest and the daemon know it. */
    private List<String> startTimes() throws InterruptedException {
        var all = new ArrayList<String>();
        for (int i = 0; i < SERVERS; i++) {
            var name = "web" + i;
            all.add(
                    daemon.ctl("inspect", "-f", "{{.State.StartedAt}}", name).ok()
                            + daemon.ctl("exec", name, "stat", "-c", "%Y", "/proc/1").ok());
        }
        return all;
    }

    private List<Integer> startServers() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            List<Future<Integer>> ports =
                    threads.invokeAll(
                            IntStream.range(0, SERVERS)
                                    .mapToObj(i -> (Callable<Integer>) () -> startServer("web" + i))
                                    .toList());
            var all = new ArrayList<Integer>();
            for (var port : ports) {
                all.add(port.get());
            }
            return all;
        }
    }

    private int startServer(String name) throws InterruptedException {
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        name,
                        "--memory",
                        "128m",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "httpd",
                        "-f",
                        "-h",
                        "/etc")
                .ok();
        return port(name);
    }

    private int port(String name) throws InterruptedException {
        var text = daemon.ctl("port", name, "80").ok().strip();
        return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    }

    private void run(String name, String... command) throws InterruptedException {
        var words =
                new ArrayList<>(
                        List.of("run", "-d", "--name", name, "--memory", "128m", "busybox"));
        words.addAll(List.of(command));
        daemon.ctl(words.toArray(String[]::new)).ok();
    }

    private void update(String driver, Path jar) throws InterruptedException {
        daemon.ctl("driver", "update", driver, jar.toString()).ok();
    }

    /** Two versions of a bundle, to be exchanged for each other. */
    private List<Path> jars(String name) throws IOException {
        return List.of(
                BundleJar.of(name)
                        .version("0.1.1")
                        .write(daemon.directory.resolve(name + "-1.jar")),
                BundleJar.of(name)
                        .version("0.1.2")
                        .write(daemon.directory.resolve(name + "-2.jar")));
    }

    private static void echo(Command session, String text) throws Exception {
        session.stdin().write((text + "\n").getBytes(StandardCharsets.UTF_8));
        session.stdin().flush();
        session.awaitOutput(text);
    }

    private Command relay(String... words) throws Exception {
        var script = Path.of(HotSwapTest.class.getResource("/relay.py").toURI());
        var all = new ArrayList<>(List.of("python3", script.toString(), Daemon.hyperctl()));
        all.addAll(List.of(words));
        return daemon.program(daemon.directory, Map.of(), all);
    }

    private static void assertContiguous(String numbers) {
        var lines = numbers.lines().toList();
        assertThat(lines)
                .isEqualTo(
                        IntStream.rangeClosed(1, lines.size())
                                .mapToObj(Integer::toString)
                                .toList());
    }
}
