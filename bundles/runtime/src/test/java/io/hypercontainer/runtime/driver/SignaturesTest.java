// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Version;

class SignaturesTest {
    @TempDir static Path folder;
    private static Signer signer;
    private static Path vendor;
    private static Path signed;

    @BeforeAll
    static void makeKeys() throws Exception {
        signer =
                new Signer(folder)
                        .key("vendor")
                        .key("stranger")
                        .key("authority", "-ext", "bc:c")
                        .key("customer", "-signer", "authority")
                        .key("web", "-signer", "authority", "-ext", "eku=serverAuth")
                        .key("expired", "-startdate", "-10d", "-validity", "5");
        vendor = signer.pem(folder.resolve("vendor.pem"), "vendor");
        signed = signer.sign(jar(), "vendor");
    }

    @Test
    void whatATrustedKeyHasSignedIsAccepted() throws Exception {
        Path both = signer.pem(folder.resolve("both.pem"), "stranger", "vendor");
        Path authority = signer.pem(folder.resolve("authority.pem"), "authority");

        assertThatCode(check(signed, vendor)).doesNotThrowAnyException();
        assertThatCode(check(signed, both)).doesNotThrowAnyException();
        assertThatCode(check(signer.sign(jar(), "customer"), authority)).doesNotThrowAnyException();
        Path twice = signer.sign(copy(), "stranger");
        assertThatCode(check(twice, vendor)).doesNotThrowAnyException();
    }

    @Test
    void nothingIsAskedForWithoutCertificates() throws Exception {
        Path unsigned = jar();
        assertThatCode(() -> Signatures.check(described(unsigned), Optional.empty()))
                .doesNotThrowAnyException();
    }

    @Test
    void whatNobodyOrSomebodyElseHasSignedIsRefused() throws Exception {
        refused(check(jar(), vendor), "its entry a.txt is not signed");
        refused(
                check(signer.sign(jar(), "stranger"), vendor),
                "it is signed by CN=stranger, who is not trusted");
    }

    @Test
    void whatWasChangedAfterwardsIsRefused() throws Exception {
        Path changed = copy();
        edit(changed, root -> Files.writeString(root.resolve("a.txt"), "something else"));
        refused(check(changed, vendor), "it was changed after it was signed");

        Path grown = copy();
        edit(grown, root -> Files.writeString(root.resolve("c.txt"), "one more"));
        refused(check(grown, vendor), "its entry c.txt is not signed");

        Path stripped = copy();
        edit(stripped, root -> Files.delete(root.resolve("META-INF/VENDOR.EC")));
        refused(check(stripped, vendor), "is not signed");

        Path swapped = copy();
        edit(
                swapped,
                root -> {
                    Path manifest = root.resolve("META-INF/MANIFEST.MF");
                    Files.writeString(
                            manifest,
                            Files.readString(manifest)
                                    .replace("Bundle-Version: 1", "Bundle-Version: 2"));
                });
        refused(check(swapped, vendor), "it was changed after it was signed");
    }

    @Test
    void certificatesMustFitTheirUse() throws Exception {
        Path authority = signer.pem(folder.resolve("web-authority.pem"), "authority");
        refused(
                check(signer.sign(jar(), "web"), authority),
                "CN=web must not sign code with that certificate");
        Path expired = signer.pem(folder.resolve("expired.pem"), "expired");
        refused(check(signer.sign(jar(), "expired"), expired), "who is not trusted");
    }

    @Test
    void nothingIsAcceptedWhereTheCertificatesCannotBeRead() throws Exception {
        Path missing = folder.resolve("missing.pem");
        Path garbage = Files.writeString(folder.resolve("garbage.pem"), "garbage");
        Path empty = Files.writeString(folder.resolve("empty.pem"), "");
        for (Path file : new Path[] {missing, garbage, empty}) {
            assertThatThrownBy(check(signed, file))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining("no driver can be accepted")
                    .hasMessageContaining(file.toString());
        }
    }

    private static void refused(ThrowingCallable check, String why) {
        assertThatThrownBy(check)
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("driver.jar is not accepted: ")
                .hasMessageContaining(why);
    }

    private static ThrowingCallable check(Path jar, Path trusted) {
        return () -> Signatures.check(described(jar), Optional.of(trusted));
    }

    private static DriverJar described(Path jar) {
        return new DriverJar("driver.jar", jar, "", "com.example", Version.emptyVersion);
    }

    private static Path jar() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Bundle-Version", "1");
        Path file = Files.createTempFile(folder, "driver", ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (String name : new String[] {"a.txt", "folder/", "folder/b.txt"}) {
                out.putNextEntry(new ZipEntry(name));
                if (!name.endsWith("/")) {
                    out.write(name.getBytes(StandardCharsets.UTF_8));
                }
                out.closeEntry();
            }
        }
        return file;
    }

    private static Path copy() throws IOException {
        Path copy = Files.createTempFile(folder, "driver", ".jar");
        return Files.copy(signed, copy, StandardCopyOption.REPLACE_EXISTING);
    }

    private interface Edit {
        void edit(Path root) throws IOException;
    }

    private static void edit(Path jar, Edit edit) throws IOException {
        try (FileSystem zip = FileSystems.newFileSystem(jar, Map.of())) {
            edit.edit(zip.getPath("/"));
        }
    }
}
