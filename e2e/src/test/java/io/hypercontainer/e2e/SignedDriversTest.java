// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A daemon that accepts only what somebody has signed whom it trusts. */
class SignedDriversTest {
    @TempDir Path folder;

    @Test
    void only_signed_and_unchanged_bundles_are_accepted() throws Exception {
        var trusted = folder.resolve("vendor.pem");
        keytool("-genkeypair", "-dname", "CN=vendor", "-keyalg", "EC", "-groupname", "secp256r1");
        keytool("-exportcert", "-rfc", "-file", trusted.toString());
        var config = Files.writeString(folder.resolve("config"), "TrustedDrivers=" + trusted);
        var unsigned = BundleJar.sample("sample").write(folder.resolve("unsigned.jar"));
        var signed = sign(BundleJar.sample("sample").write(folder.resolve("signed.jar")));
        var tampered = Files.copy(signed, folder.resolve("tampered.jar"));
        try (var zip = FileSystems.newFileSystem(tampered, Map.of())) {
            Files.write(zip.getPath("com/example/sample/Activator.class"), new byte[] {1});
        }

        try (var daemon = Daemon.start("--config", config.toString())) {
            assertThat(daemon.problems()).isBlank();
            refuses(daemon, unsigned, "unsigned.jar is not accepted: its entry");
            refuses(daemon, tampered, "tampered.jar is not accepted: it was changed after it was");
            assertThat(daemon.files("drivers")).isSubsetOf("tmp");
            assertThat(daemon.ctl("driver", "install", signed.toString()).ok())
                    .isEqualTo("sample\n");

            // The same holds for the deploy folder, and at each start for all that is there.
            Files.copy(tampered, daemon.root.resolve("deploy/dropped.jar"));
            Await.text(() -> daemon.problems(), "deploy/dropped.jar is not accepted");
            daemon.terminate();
            keytool("-delete");
            keytool(
                    "-genkeypair",
                    "-dname",
                    "CN=other",
                    "-keyalg",
                    "EC",
                    "-groupname",
                    "secp256r1");
            Files.delete(trusted);
            keytool("-exportcert", "-rfc", "-file", trusted.toString());
            daemon.launch();
            assertThat(daemon.ctl("driver", "ls", "-q", "--filter", "state=active").ok())
                    .matches("qemu\nuser\n(dm\n)?overlay\n");
            assertThat(daemon.problems()).contains("CN=vendor, who is not trusted");
            // The folder is first looked through when the daemon serves already.
            Await.text(() -> daemon.problems(), "deploy/dropped.jar is not accepted");
        }
    }

    @Test
    void the_setting_holds_for_what_is_there_already() throws Exception {
        try (var daemon = Daemon.start()) {
            var unsigned = BundleJar.sample("sample").write(folder.resolve("unsigned.jar"));
            daemon.ctl("driver", "install", unsigned.toString()).ok();

            Files.writeString(
                    daemon.root.resolve("deploy/hyper.drivers.cfg"),
                    "trusted=/nowhere/vendors.pem\n");

            Await.text(() -> daemon.problems(), "/nowhere/vendors.pem cannot be read");
            assertThat(daemon.ctl("driver", "ls", "-q").ok()).doesNotContain("sample");

            Files.delete(daemon.root.resolve("deploy/hyper.drivers.cfg"));
            Await.text(() -> daemon.ctl("driver", "ls", "-q").ok(), "sample");
            assertThat(daemon.problems()).isBlank();
        }
    }

    private static void refuses(Daemon daemon, Path jar, String why) throws InterruptedException {
        var result = daemon.ctl("driver", "install", jar.toString());
        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(why).hasLineCount(1);
    }

    private Path sign(Path jar) throws InterruptedException {
        tool("jarsigner", jar.toString(), "vendor");
        return jar;
    }

    private void keytool(String... words) throws InterruptedException {
        var all = new ArrayList<>(Arrays.asList(words));
        all.addAll(List.of("-alias", "vendor"));
        tool("keytool", all.toArray(String[]::new));
    }

    private void tool(String name, String... words) throws InterruptedException {
        var all = new ArrayList<String>();
        all.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
        all.addAll(List.of("-keystore", folder.resolve("keys").toString(), "-storepass", "secret"));
        all.addAll(Arrays.asList(words));
        try (var command = new Command(Map.of(), folder, all)) {
            command.await().ok();
        }
    }
}
