// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Bundles that vendors have built, in a daemon that was serving containers before they came: a
 * hypervisor (User-Mode Linux), a storage driver and a command.
 */
class VendorTest {
    private static final Path UML = Path.of("/usr/bin/linux.uml");
    private static final String UML_DRIVER = "vendor-uml";
    private static final Path MEMORY = Path.of("/dev/shm");

    private static Daemon daemon;
    private static List<Path> inMemory;

    @BeforeAll
    static void start() throws Exception {
        inMemory = guestMemory();
        daemon = Daemon.start();
        daemon.ctl(
                        "run",
                        "-d",
                        "--name",
                        "before",
                        "busybox",
                        "sh",
                        "-c",
                        "i=0; while :; do i=$((i+1)); echo $i; sleep 0.1; done")
                .ok();
        for (var driver : Map.of("uml", UML_DRIVER, "thick", "vendor-storage").entrySet()) {
            var jar = Vendor.jar(driver.getValue());
            assertThat(daemon.ctl("driver", "install", jar.toString()).ok())
                    .isEqualTo(driver.getKey() + "\n");
        }
        // A bundle without a driver is nothing to install: it is dropped.
        Vendor.drop(daemon, Vendor.jar("vendor-command"), "isolation");
    }

    @AfterEach
    void what_was_there_before_goes_on_and_nothing_is_left() throws Exception {
        long printed = daemon.ctl("logs", "before").ok().lines().count();
        try (var logs = daemon.spawn("logs", "-f", "before")) {
            logs.awaitOutput("\n" + (printed + 2) + "\n");
        }
        for (String id : daemon.ctl("ps", "-aq").ok().lines().toList()) {
            if (!daemon.ctl("inspect", "--format", "{{.Name}}", id).ok().equals("/before\n")) {
                daemon.ctl("rm", "-f", "-v", id).ok();
            }
        }
        assertThat(daemon.helpers()).noneMatch(h -> h.contains("Monitor"));
        assertThat(guestMemory()).isEqualTo(inMemory);
        assertThat(daemon.files("vms")).noneMatch(f -> f.endsWith("monitor.jar"));
    }

    @AfterAll
    static void stop() {
        daemon.close();
    }

    @Test
    void a_container_runs_on_the_vendors_hypervisor() throws Exception {
        var release = release();

        assertThat(uml("--rm", "busybox", "uname", "-a").ok())
                .startsWith("Linux ")
                .contains(" " + release + " ");
        assertThat(uml("--rm", "busybox", "sh", "-c", "exit 7").exit()).isEqualTo(7);
        assertThat(uml("--rm", "busybox", "no-such-program").exit()).isEqualTo(127);
        assertThat(daemon.ctl("exec", "before", "uname", "-r").ok().strip()).isNotEqualTo(release);
    }

    @Test
    void it_can_be_used_like_any_other() throws Exception {
        uml(
                        "-d",
                        "--name",
                        "web",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "sh",
                        "-c",
                        "trap 'echo asked to stop; exit 3' TERM; echo page >/tmp/page; echo begun;"
                                + " httpd -h /tmp; while :; do sleep 0.1; done")
                .ok();
        try (var logs = daemon.spawn("logs", "-f", "web")) {
            logs.awaitOutput("begun\n");
        }

        assertThat(daemon.ctl("exec", "web", "sh", "-c", "echo to stderr >&2; exit 5"))
                .satisfies(r -> assertThat(r.exit()).isEqualTo(5))
                .satisfies(r -> assertThat(r.err()).isEqualTo("to stderr\n"));
        assertThat(page(daemon.ctl("port", "web", "80").ok().strip())).isEqualTo("page\n");
        daemon.ctl("stop", "-t", "60", "web").ok();
        assertThat(daemon.ctl("wait", "web").ok()).isEqualTo("3\n");
        assertThat(daemon.ctl("logs", "web").ok()).isEqualTo("begun\nasked to stop\n");

        daemon.ctl("start", "web").ok();
        assertThat(daemon.ctl("exec", "web", "cat", "/tmp/page").ok()).isEqualTo("page\n");
    }

    @Test
    void much_goes_in_and_out() throws Exception {
        uml("-d", "--name", "pipe", "--network", "none", "busybox", "sleep", "1000").ok();
        byte[] much = new byte[3 << 20];
        new Random(1).nextBytes(much);

        assertThat(daemon.ctl(much, "exec", "-i", "pipe", "cat").output()).isEqualTo(much);
    }

    @Test
    void an_image_of_several_layers_needs_no_joined_disk() throws Exception {
        var work = Files.createTempDirectory(daemon.directory, "image");
        var image =
                new ImageArchive("layered")
                        .layer(ImageArchive.busybox(work.resolve("0.tar")))
                        .config("Cmd", List.of("/bin/busybox", "cat", "/a", "/b", "/c"));
        var layers =
                List.of(Map.of("a", "a ", "c", "below "), Map.of("b", "b "), Map.of("c", "c "));
        for (var files : layers) {
            image.layer(
                    ImageArchive.layerOf(work.resolve(layers.indexOf(files) + 1 + ".tar"), files));
        }
        daemon.ctl("load", "-i", image.write(work.resolve("layered.tar")).toString()).ok();

        assertThat(uml("--rm", "layered").ok()).isEqualTo("a b c ");
    }

    @Test
    void it_outlives_the_daemon_and_an_update_of_its_driver() throws Exception {
        uml(
                        "-d",
                        "--name",
                        "lasting",
                        "-p",
                        "127.0.0.1::80",
                        "busybox",
                        "sh",
                        "-c",
                        "echo page >/tmp/page; exec httpd -f -h /tmp")
                .ok();
        var address = daemon.ctl("port", "lasting", "80").ok().strip();

        daemon.crash();
        assertThat(page(address)).isEqualTo("page\n");
        daemon.launch();
        assertThat(daemon.ctl("exec", "lasting", "cat", "/tmp/page").ok()).isEqualTo("page\n");

        var next = daemon.directory.resolve("next.jar");
        BundleJar.at(Vendor.jar(UML_DRIVER)).version("1.0.1").write(next);
        assertThat(daemon.ctl("driver", "update", "uml", next.toString()).ok())
                .isEqualTo("uml 1.0.1\n");
        assertThat(page(address)).isEqualTo("page\n");
        assertThat(daemon.ctl("exec", "lasting", "cat", "/tmp/page").ok()).isEqualTo("page\n");
        daemon.ctl("stop", "-t", "0", "lasting").ok();
        assertThat(daemon.ctl("wait", "lasting").ok()).isEqualTo("137\n");
    }

    @Test
    void the_death_of_its_kernel_ends_the_guests_processes_and_is_told() throws Exception {
        var id = uml("-d", "--name", "victim", "busybox", "sleep", "1000").ok().substring(0, 12);

        var kernel =
                kernels(id)
                        .filter(p ->
                                p.parent().flatMap(VendorTest::program).orElse("").equals("java"))
                        .toList();
        assertThat(kernel).hasSize(1);
        kernel.getFirst().destroyForcibly();

        assertThat(daemon.ctl("wait", "victim").ok()).isEqualTo("255\n");
        assertThat(daemon.ctl("inspect", "--format", "{{.State.Error}}", "victim").ok())
                .contains("killed by signal 9");
        // Without their kernel, which traces them, they would go on with system calls to the host.
        assertThat(kernels(id)).isEmpty();
    }

    @Test
    void a_guests_kernel_that_gives_up_is_told_with_its_last_words() throws Exception {
        uml("-d", "--name", "panics", "--privileged", "busybox", "sleep", "1000").ok();

        daemon.ctl("exec", "--privileged", "panics", "sh", "-c", "echo c >/proc/sysrq-trigger");

        assertThat(daemon.ctl("wait", "panics").ok()).isEqualTo("255\n");
        assertThat(daemon.ctl("inspect", "--format", "{{.State.Error}}", "panics").ok())
                .contains("Kernel panic - not syncing: sysrq triggered crash");
    }

    @Test
    void what_it_cannot_do_is_said() throws Exception {
        assertThat(uml("--rm", "-v", daemon.directory + ":/host", "busybox", "true"))
                .satisfies(r -> assertThat(r.exit()).isEqualTo(125))
                .satisfies(r -> assertThat(r.err()).contains("uml").contains("share"));
        assertThat(uml("--rm", "--cpus", "2", "busybox", "true"))
                .satisfies(r -> assertThat(r.exit()).isEqualTo(125))
                .satisfies(r -> assertThat(r.err()).contains("one"));
        assertThat(uml("--rm", "--require-kvm", "busybox", "true"))
                .satisfies(r -> assertThat(r.exit()).isEqualTo(125))
                .satisfies(r -> assertThat(r.err()).contains("hardware"));
    }

    @Test
    void a_guests_root_does_not_reach_the_hosts_files() throws Exception {
        var mount = "mkdir /h; mount -t hostfs -o /etc none /h && cat /h/passwd";

        var result = uml("--rm", "--privileged", "busybox", "sh", "-c", mount);

        assertThat(result.exit()).isNotZero();
        assertThat(result.out()).isEmpty();
    }

    @Test
    void the_vendors_storage_driver_gives_disks_of_full_size() throws Exception {
        for (var hypervisor : List.of("qemu", "uml")) {
            var id =
                    daemon.ctl(
                                    "run",
                                    "-d",
                                    "--hypervisor",
                                    hypervisor,
                                    "--storage",
                                    "thick",
                                    "--storage-opt",
                                    "size=64m",
                                    "busybox",
                                    "sleep",
                                    "1000")
                            .ok()
                            .strip();
            var disk = daemon.root.resolve("thick/roots/" + id + ".ext4");
            long blocks;
            try (var stat =
                    daemon.program(
                            daemon.directory,
                            Map.of(),
                            List.of("stat", "-c", "%b", disk.toString()))) {
                blocks = Long.parseLong(stat.await().ok().strip());
            }

            assertThat(blocks * 512).as(hypervisor).isGreaterThanOrEqualTo(64L << 20);
            daemon.ctl("exec", id, "sh", "-c", "echo kept >/file; sync").ok();
            daemon.ctl("stop", "-t", "0", id).ok();
            daemon.ctl("start", id).ok();
            assertThat(daemon.ctl("exec", id, "cat", "/file").ok()).isEqualTo("kept\n");
            daemon.ctl("rm", "-f", id).ok();
            assertThat(disk).doesNotExist();
        }
    }

    @Test
    void the_vendors_command_is_there_as_those_of_the_shell() throws Exception {
        uml("-d", "--name", "weak", "--network", "none", "busybox", "sleep", "1000").ok();

        assertThat(daemon.ctl("isolation", "--help").ok())
                .startsWith("Usage:  hyperctl isolation")
                .contains("--at-least CLASS");
        assertThat(daemon.ctl("--help").ok()).contains("  isolation ");
        assertThat(daemon.ctl("isolation", "weak").ok()).contains("uml").contains("process");
        assertThat(daemon.ctl("shell", "-c", "hyper:isolation weak").ok()).contains("process");
        assertThat(daemon.ctl("isolation", "--at-least", "process").exit()).isZero();
        assertThat(daemon.ctl("isolation", "--at-least", "hardware", "weak").exit()).isEqualTo(1);
        assertThat(complete("isol")).containsExactly("isolation");
        assertThat(complete("isolation", "--at-least", "para")).containsExactly("paravirtual");
        assertThat(complete("isolation", "we")).containsExactly("weak");
    }

    private static Result uml(String... arguments) throws InterruptedException {
        var words = Stream.concat(Stream.of("run", "--hypervisor", "uml"), Stream.of(arguments));
        return daemon.ctl(words.toArray(String[]::new));
    }

    private static List<String> complete(String... words) throws InterruptedException {
        var all = Stream.concat(Stream.of("__complete", "--"), Stream.of(words));
        return daemon.ctl(all.toArray(String[]::new)).ok().lines().map(String::strip).toList();
    }

    /** A published port is there a moment after the container has begun. */
    private static String page(String address) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        var request = HttpRequest.newBuilder(URI.create("http://" + address + "/page")).build();
        try (var client = HttpClient.newHttpClient()) {
            while (true) {
                try {
                    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
                } catch (IOException e) {
                    if (System.nanoTime() > deadline) {
                        throw e;
                    }
                    Thread.sleep(20);
                }
            }
        }
    }

    /** All processes of the kernel of a machine, those of the guest too: they are copies of it. */
    private static Stream<ProcessHandle> kernels(String machine) {
        return ProcessHandle.allProcesses()
                .filter(p -> program(p).orElse("").equals("linux.uml"))
                .filter(p -> Daemon.commandLine(p.pid()).contains("umid=" + machine));
    }

    private static Optional<String> program(ProcessHandle process) {
        return process.info().command().map(c -> Path.of(c).getFileName().toString());
    }

    private static String release() throws Exception {
        var process = new ProcessBuilder(UML.toString(), "--version").start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private static List<Path> guestMemory() throws IOException {
        try (var files = Files.list(MEMORY)) {
            return files.filter(f -> f.getFileName().toString().startsWith("vm_file")).toList();
        }
    }
}
