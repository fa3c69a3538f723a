// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where bundles come from: addresses, Maven repositories, the deploy folder. */
class DriverSourcesTest {
    private static final Map<String, byte[]> CONTENT = new ConcurrentHashMap<>();
    private static final CountDownLatch END = new CountDownLatch(1);
    private static HttpServer server;
    private static Daemon daemon;

    @BeforeAll
    static void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext(
                "/",
                exchange -> {
                    byte[] content = CONTENT.get(exchange.getRequestURI().getPath());
                    exchange.sendResponseHeaders(
                            content == null ? 404 : 200, content == null ? -1 : content.length);
                    if (content != null) {
                        exchange.getResponseBody().write(content);
                    }
                    exchange.close();
                });
        server.createContext(
                "/endless",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(1);
                    exchange.getResponseBody().flush();
                    await();
                    exchange.close();
                });
        server.createContext(
                "/login",
                exchange -> {
                    exchange.sendResponseHeaders(401, -1);
                    exchange.close();
                });
        server.start();
        daemon =
                Daemon.start(
                        Map.of(
                                "hyper.drivers.cfg",
                                "maven.repositories="
                                        + url("/repository")
                                        + "\nsize.mib=1\ndownload.seconds=4\nstart.seconds=8\n"));
    }

    private static void await() {
        try {
            END.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterAll
    static void stop() {
        END.countDown();
        daemon.close();
        server.stop(0);
    }

    @Test
    void an_address_is_fetched_within_bounds() throws Exception {
        CONTENT.put("/a.jar", jar(BundleJar.sample("fetched").header("Bundle-SymbolicName", "a")));
        CONTENT.put("/large.jar", new byte[(1 << 20) + 1]);

        assertThat(daemon.ctl("driver", "install", url("/a.jar")).ok()).isEqualTo("fetched\n");
        CONTENT.put(
                "/a.jar",
                jar(BundleJar.sample("fetched").header("Bundle-SymbolicName", "a").version("2")));
        assertThat(daemon.ctl("driver", "update", "fetched").ok()).isEqualTo("fetched 2.0.0\n");
        daemon.ctl("driver", "rm", "fetched").ok();

        CONTENT.put("/other.jar", jar(BundleJar.sample("said").header("Sample-Name", "other")));

        refuses("does not bring its network driver 'said' up", url("/other.jar"));
        refuses("there is nothing at", url("/missing.jar"));
        refuses("larger than 1 MiB: raise size.mib", url("/large.jar"));
        refuses("took more than 4 s: raise download.seconds", url("/endless"));
        refuses("status 401", url("/login"));
        refuses("nobody answers there", "http://127.0.0.1:1/a.jar");
        refuses("is no address", "http://");
        assertThat(daemon.files("drivers/tmp")).isEmpty();
    }

    @Test
    void a_maven_repository_is_asked_and_its_checksum_believed() throws Exception {
        var content = jar(BundleJar.sample("central").header("Bundle-SymbolicName", "m"));
        var path = "/repository/com/example/central/1.0/central-1.0.jar";
        CONTENT.put(path, content);
        CONTENT.put(
                path + ".sha1",
                "0123456789012345678901234567890123456789".getBytes(StandardCharsets.US_ASCII));
        refuses("is damaged: its SHA-1 is", "mvn:com.example:central:1.0");
        assertThat(daemon.files("drivers/tmp")).isEmpty();

        var sha1 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
        CONTENT.put(path + ".sha1", sha1.getBytes(StandardCharsets.US_ASCII));
        daemon.ctl("driver", "install", "mvn:com.example:central:1.0").ok();
        assertThat(daemon.ctl("driver", "info", "central", "-f", "{{.Source}}").ok())
                .isEqualTo("mvn:com.example:central:1.0\n");
        daemon.ctl("driver", "rm", "central").ok();

        refuses("is in none of the repositories", "mvn:com.example:central:1.1");
        refuses("expected mvn:GROUP:ARTIFACT:VERSION", "mvn:com.example:../../etc");
    }

    @Test
    void what_lies_in_the_deploy_folder_is_there_as_long_as_it_lies_there() throws Exception {
        var deploy = daemon.root.resolve("deploy");
        var jar = deploy.resolve("drop.jar");
        drop(BundleJar.sample("dropped").header("Bundle-SymbolicName", "d"), jar);
        awaitState("dropped", "1.0.0 active deploy/drop.jar");

        drop(BundleJar.sample("dropped").header("Bundle-SymbolicName", "d").version("1.1"), jar);
        awaitState("dropped", "1.1.0 active deploy/drop.jar");

        // A change for the worse is reported, and the old one goes on.
        drop(
                BundleJar.sample("dropped")
                        .header("Bundle-SymbolicName", "d")
                        .version("1.2")
                        .header("Sample-Trouble", "it is broken"),
                jar);
        awaitWarning("deploy/drop.jar cannot work on this host: it is broken");
        assertThat(state("dropped")).isEqualTo("1.1.0 active deploy/drop.jar\n");
        assertThat(daemon.ctl("driver", "info", "drop.jar", "-f", "{{.State}} {{.Reasons}}").ok())
                .isEqualTo("refused [deploy/drop.jar cannot work on this host: it is broken]\n");
        assertThat(daemon.ctl("driver", "rm", "dropped").err())
                .contains("replace or delete deploy/drop.jar");

        // So it does after a crash.
        daemon.crash();
        daemon.launch();
        awaitState("dropped", "1.1.0 active deploy/drop.jar");
        awaitWarning("it is broken");

        Files.delete(jar);
        awaitGone("dropped");
        assertThat(daemon.problems()).isBlank();
    }

    @Test
    void a_deployed_bundle_need_not_have_a_driver_and_may_come_before_what_it_needs()
            throws Exception {
        var deploy = daemon.root.resolve("deploy");
        var user =
                BundleJar.sample("needy")
                        .header("Bundle-SymbolicName", "needy")
                        .replace(
                                "Import-Package",
                                "org.osgi.framework",
                                "org.osgi.framework,com.example.library");
        drop(user, deploy.resolve("a-needy.jar"));
        awaitWarning("it needs the package com.example.library");

        var library =
                BundleJar.sample("")
                        .without("Provide-Capability")
                        .header("Bundle-SymbolicName", "library")
                        .header("Export-Package", "com.example.library");
        drop(library, deploy.resolve("b-library.jar"));
        awaitState("needy", "1.0.0 active deploy/a-needy.jar");

        Files.delete(deploy.resolve("a-needy.jar"));
        Files.delete(deploy.resolve("b-library.jar"));
        awaitGone("needy");
        assertThat(daemon.problems()).isBlank();
    }

    private static void drop(BundleJar bundle, Path jar) throws IOException {
        var beside = bundle.write(Files.createTempFile("bundle", ".jar"));
        Files.move(beside, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static byte[] jar(BundleJar bundle) throws IOException {
        var file = bundle.write(Files.createTempFile("bundle", ".jar"));
        try {
            return Files.readAllBytes(file);
        } finally {
            Files.delete(file);
        }
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    private static void refuses(String why, String source) throws InterruptedException {
        var result = daemon.ctl("driver", "install", source);
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(why).startsWith("hyperctl: ").hasLineCount(1);
    }

    private static String state(String driver) throws InterruptedException {
        return daemon.ctl("driver", "info", driver, "-f", "{{.Version}} {{.State}} {{.Source}}")
                .out();
    }

    private static void awaitState(String driver, String state) throws Exception {
        Await.text(() -> state(driver), state + "\n");
    }

    private static void awaitGone(String driver) throws Exception {
        Await.text(() -> daemon.ctl("driver", "info", driver).err(), "there is no driver");
    }

    private static void awaitWarning(String text) throws Exception {
        Await.text(() -> daemon.problems(), text);
    }
}
