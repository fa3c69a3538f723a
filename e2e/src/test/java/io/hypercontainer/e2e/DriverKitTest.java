// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The driver test kit as a vendor runs it: our drivers and the examples pass. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class) // those that wait come last
class DriverKitTest {
    private static final Path HOME =
            Path.of(System.getProperty("hyper.distribution")).toAbsolutePath().normalize();
    private static final Path EXAMPLES =
            Path.of(System.getProperty("hyper.examples")).toAbsolutePath().normalize();
    private static final String TCG = "hyper.qemu:accelerator=tcg";
    private static final int AT_ONCE = 2;

    @TempDir private static Path folder;
    private static final Map<Driver, Future<Run>> RUNS = new ConcurrentHashMap<>();
    private static ExecutorService lanes;

    /** A driver's bundle. */
    enum Driver {
        QEMU("bundle/io.hypercontainer.qemu-0.1.0.jar"),
        UML("vendor-uml/target/com.example.uml-1.0.0.jar"),
        OVERLAY("bundle/io.hypercontainer.storage-overlay-0.1.0.jar"),
        THICK("vendor-storage/target/com.example.thick-1.0.0.jar"),
        USER_NETWORK("bundle/io.hypercontainer.network-user-0.1.0.jar");

        private final String jar;

        Driver(String jar) {
            this.jar = jar;
        }

        Path jar() {
            return (jar.startsWith("bundle") ? HOME : EXAMPLES).resolve(jar);
        }
    }

    private record Run(int exit, String out, String err) {}

    /** Each takes a while, and waits a lot. */
    @BeforeAll
    static void begin() {
        lanes = Executors.newFixedThreadPool(AT_ONCE);
        for (var driver : Driver.values()) {
            RUNS.put(
                    driver,
                    lanes.submit(() ->
                            run(
                                    driver.name(),
                                    "--option",
                                    TCG,
                                    "--report",
                                    folder.resolve(driver.name()).toString(),
                                    driver.jar().toString())));
        }
    }

    @AfterAll
    static void end() {
        lanes.close();
    }

    private static Run run(String name, String... arguments) throws InterruptedException {
        var command = new ArrayList<>(List.of(HOME.resolve("tck/run").toString()));
        command.addAll(List.of(arguments));
        var out = folder.resolve(name + ".out");
        var err = folder.resolve(name + ".err");
        try {
            var process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectInput(new File("/dev/null"))
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            try {
                int exit = process.waitFor();
                return new Run(exit, Files.readString(out), Files.readString(err));
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Order(2)
    void passes(Driver driver) throws Exception {
        var run = RUNS.get(driver).get();

        assertThat(run.exit()).as(run.out() + run.err()).isZero();
        assertThat(run.out()).containsPattern("[1-9]\\d* passed, 0 failed, \\d+ not applicable");
        assertThat(folder.resolve(driver.name()).resolve("report.txt"))
                .content()
                .contains("Leaks", " 0 failed");
        try (var files = Files.walk(folder.resolve(driver.name()))) {
            assertThat(files).anyMatch(f -> f.getFileName().toString().startsWith("TEST-"));
        }
    }

    @Test
    @Order(1)
    void wrongUseIsSaid() throws Exception {
        assertThat(run("help", "--help"))
                .satisfies(r -> assertThat(r.exit()).isZero())
                .satisfies(r -> assertThat(r.out()).startsWith("Usage:  tck/run"));
        refused("no driver is given");
        refused("is no file", "no-such.jar");
        refused("unknown option '--wrong'", "--wrong");
        refused("--kind is one of", "--kind", "printer", Driver.QEMU.jar().toString());
        refused("no area of this kind", "--only", "nothing", Driver.QEMU.jar().toString());
    }

    @Test
    @Order(1)
    void whatCannotBeCheckedIsSaid() throws Exception {
        var command = EXAMPLES.resolve("vendor-command/target/com.example.isolation-1.0.0.jar");
        refused("tells of no driver", command.toString());
        refused("publishes no service StorageDriver", "--kind", "storage", command.toString());
        var newer = folder.resolve("newer.jar");
        Files.write(newer, new byte[0]);
        var manifest = new Manifest();
        var main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.example.newer");
        main.putValue("Import-Package", "io.hypercontainer.api.storage;version=\"[9,10)\"");
        main.putValue("Provide-Capability", "hyper.driver;kind=storage;name=newer");
        try (var _ = new JarOutputStream(Files.newOutputStream(newer), manifest)) {
            // A manifest is all it has.
        }
        refused("it needs the package io.hypercontainer.api.storage", newer.toString());
        refused(
                "cannot work on this host",
                "--option",
                "executable=/no/qemu",
                Driver.QEMU.jar().toString());
        var noBundle = folder.resolve("text.jar");
        Files.write(noBundle, "text".getBytes(StandardCharsets.UTF_8));
        refused("cannot read", noBundle.toString());
    }

    private static void refused(String reason, String... arguments) throws InterruptedException {
        var run = run("refused", arguments);

        assertThat(run.err()).startsWith("tck/run: ").contains(reason);
        assertThat(run.exit()).isEqualTo(2);
    }
}
