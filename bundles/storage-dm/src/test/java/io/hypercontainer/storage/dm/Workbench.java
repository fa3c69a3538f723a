// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Root;
import io.hypercontainer.api.storage.RootForm;
import io.hypercontainer.api.storage.RootSpec;
import io.hypercontainer.linux.DeviceMapper;
import io.hypercontainer.linux.LoopDevices;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A driver on a folder, and what tests do with it on a host with device-mapper. */
final class Workbench implements AutoCloseable {
    static final long MIB = 1 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Workbench.class);

    final Home home;
    private final Settings settings;
    private DmDriver driver;

    Workbench(Path folder) {
        this(folder, settings(Optional.empty()));
    }

    Workbench(Path folder, Settings settings) {
        home = new Home(folder.resolve("dm"));
        this.settings = settings;
        driver = start();
    }

    static Settings settings(Optional<Settings.Devices> devices) {
        return new Settings(
                "", devices, 64 << 10, 4 * MIB, 8 * MIB, 32 * MIB, false, 1024 * MIB, 256 * MIB);
    }

    private DmDriver start() {
        return new DmDriver(home, settings, () -> true);
    }

    DmDriver driver() {
        return driver;
    }

    /** As the next daemon does. */
    void restart() {
        driver.deactivate();
        driver = start();
    }

    static Layer layer(List<Layer> below, byte[] tar) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(tar);
            return new Layer(
                    "sha256:" + HexFormat.of().formatHex(digest),
                    below.stream().map(Layer::diffId).toList());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    Layer take(List<Layer> below, TestTar tar) {
        byte[] bytes = tar.bytes();
        Layer layer = layer(below, bytes);
        driver.importLayer(layer, new ByteArrayInputStream(bytes), () -> {});
        return layer;
    }

    Path root(String container, long size, Layer... layers) {
        List<String> ids = new ArrayList<>();
        for (Layer layer : layers) {
            ids.add(layer.diffId());
        }
        var spec = new RootSpec(container, ids, size, false, RootForm.SINGLE_DISK);
        return ((Root.SingleDisk) driver.prepareRoot(spec)).disk().file();
    }

    static String run(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectInput(new java.io.File("/dev/null"))
                            .start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(String.join(" ", command) + ": " + said).isZero();
            return said;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    interface Use {
        void on(Path top) throws IOException;
    }

    /** Mounts a device, as only tests do. */
    static void mounted(Path device, Use use) throws IOException {
        Path place = Files.createTempDirectory("mounted");
        run("mount", "-t", "ext4", device.toString(), place.toString());
        try {
            use.on(place.resolve(Images.TOP));
        } finally {
            run("umount", place.toString());
            Files.delete(place);
        }
    }

    static void check(Path device) {
        run("e2fsck", "-f", "-n", device.toString());
    }

    String poolName() throws IOException {
        return PoolRecord.read(home.pool()).name();
    }

    PoolStatus status() throws IOException {
        try (DeviceMapper mapper = DeviceMapper.open()) {
            return PoolStatus.parse(mapper.status(poolName()).getFirst().parameters());
        }
    }

    /** Writes down what is in the kernel, for people. */
    void show(String when) throws IOException {
        try (DeviceMapper mapper = DeviceMapper.open()) {
            for (String device : mapper.list()) {
                LOG.info("{}: {} {}", when, device, mapper.status(device));
            }
        }
    }

    static void nothingLeft() throws IOException {
        try (DeviceMapper mapper = DeviceMapper.open()) {
            assertThat(mapper.list()).filteredOn(n -> n.startsWith("hyper-")).isEmpty();
        }
        assertThat(LoopDevices.all()).isEmpty();
    }

    @Override
    public void close() {
        driver.deactivate();
    }
}
