// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.runtime.driver.StoredDrivers.Installed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverStoreTest {
    private static final long ENOUGH = 1 << 20;

    @TempDir Path folder;
    private DriverStore store;

    @BeforeEach
    void open() {
        store = reopened();
    }

    private DriverStore reopened() {
        DriverStore opened = new DriverStore(folder.resolve("drivers"));
        opened.load();
        return opened;
    }

    @Test
    void whatIsCommittedIsThereTheNextTime() throws IOException {
        DriverJar jar = store.stage("a.jar", bundle("a"), ENOUGH);
        store.keep(jar);
        store.commit(store.drivers().with(installed(jar)).hiding("b"));

        StoredDrivers again = reopened().drivers();
        assertThat(again).isEqualTo(store.drivers());
        assertThat(again.hidden()).containsExactly("b");
        assertThat(files()).containsExactlyInAnyOrder(jar.sha256() + ".jar", "drivers.json");

        store.commit(again.without(i -> i.symbolicName().equals("a")));
        assertThat(files()).containsExactly("drivers.json");
    }

    @Test
    void whatWasCutOffBeforeTheCommitIsGoneTheNextTime() throws IOException {
        DriverJar staged = store.stage("staged.jar", bundle("staged"), ENOUGH);
        DriverJar kept = store.stage("kept.jar", bundle("kept"), ENOUGH);
        DriverJar committed = store.stage("c.jar", bundle("c"), ENOUGH);
        store.keep(committed);
        store.commit(store.drivers().with(installed(committed)));
        store.keep(kept);

        assertThat(reopened().drivers().installed()).containsExactly(installed(committed));
        assertThat(staged.file()).doesNotExist();
        assertThat(files()).containsExactlyInAnyOrder(committed.sha256() + ".jar", "drivers.json");
    }

    @Test
    void whatIsNoBundleOrTooLargeLeavesNothing() {
        assertThatThrownBy(() -> store.stage("text.jar", text("no jar"), ENOUGH))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("text.jar is not a jar");
        assertThatThrownBy(() -> store.stage("plain.jar", jar(new Manifest()), ENOUGH))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("not an OSGi bundle");
        assertThatThrownBy(() -> store.stage("name.jar", bundle("../../etc"), ENOUGH))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("not allowed");
        assertThatThrownBy(() -> store.stage("large.jar", endless(), ENOUGH))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("larger than 1 MiB");
        assertThatThrownBy(() -> store.stage("cut.jar", cutOff(), ENOUGH))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("Stream closed");
        assertThat(folder.resolve("drivers/tmp")).isEmptyDirectory();
    }

    @Test
    void aDamagedRecordIsSetAside() throws IOException {
        DriverJar jar = store.stage("a.jar", bundle("a"), ENOUGH);
        store.keep(jar);
        store.commit(store.drivers().with(installed(jar)));
        Files.writeString(folder.resolve("drivers/drivers.json"), "{ no json");

        DriverStore damaged = new DriverStore(folder.resolve("drivers"));
        assertThatThrownBy(damaged::load)
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("drivers.json.damaged")
                .hasMessageContaining("install them again");
        assertThat(damaged.drivers()).isEqualTo(StoredDrivers.NONE);
        assertThat(files()).contains("drivers.json.damaged");
    }

    private static Installed installed(DriverJar jar) {
        return new Installed(
                jar.symbolicName(),
                jar.version().toString(),
                jar.sha256(),
                jar.name(),
                false,
                Instant.EPOCH);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("drivers"))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> !n.equals("tmp"))
                    .toList();
        }
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private static InputStream bundle(String name) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", name + ";singleton:=true");
        attributes.putValue("Bundle-Version", "1.2.3");
        return jar(manifest);
    }

    private static InputStream jar(Manifest manifest) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        new JarOutputStream(bytes, manifest).close();
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    private static InputStream endless() {
        return new InputStream() {
            @Override
            public int read() {
                return 1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                return length;
            }
        };
    }

    private static InputStream cutOff() {
        InputStream closed = InputStream.nullInputStream();
        try {
            closed.close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return closed;
    }
}
