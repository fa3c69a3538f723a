// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.linux.DeviceMapper.Device;
import io.hypercontainer.linux.DeviceMapper.Target;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("device-mapper")
class DeviceMapperTest {
    private static final String POOL = "hc-test-pool";
    private static final long SECTORS = 2048; // of a MiB

    @TempDir Path folder;
    private DeviceMapper mapper;

    @BeforeEach
    void open() throws IOException {
        mapper = DeviceMapper.open();
    }

    @AfterEach
    void close() throws IOException {
        for (String device : List.of("hc-test-b", "hc-test-a", POOL)) {
            mapper.remove(device);
        }
        mapper.close();
        for (LoopDevices.Loop loop : LoopDevices.all()) {
            if (loop.file().startsWith(folder.toString())) {
                LoopDevices.detach(loop.device());
            }
        }
    }

    private Path loop(String name, long mebibytes) throws IOException {
        Path file = folder.resolve(name);
        try (var content = new RandomAccessFile(file.toFile(), "rw")) {
            content.setLength(mebibytes << 20);
        }
        return LoopDevices.attach(file);
    }

    private Device pool(long mebibytes, long lowWater) throws IOException {
        Path metadata = loop("metadata", 4);
        Path data = loop("data", mebibytes);
        String parameters = metadata + " " + data + " 128 " + lowWater;
        return mapper.create(
                POOL,
                "HC-TEST",
                false,
                List.of(new Target(0, mebibytes * SECTORS, "thin-pool", parameters)));
    }

    private Device thin(String name, int id, Device pool) throws IOException {
        return mapper.create(
                name,
                "",
                false,
                List.of(new Target(0, 64 * SECTORS, "thin", pool.number() + " " + id)));
    }

    private static void write(Device device, long offset, String text) throws IOException {
        try (var channel = FileChannel.open(device.node(), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), offset);
            channel.force(true);
        }
    }

    private static String read(Device device, long offset, int length) throws IOException {
        try (var channel = FileChannel.open(device.node(), StandardOpenOption.READ)) {
            var bytes = ByteBuffer.allocate(length);
            channel.read(bytes, offset);
            return new String(bytes.array(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void tells_versions_and_targets() throws IOException {
        assertThat(mapper.version().major()).isEqualTo(4);
        assertThat(mapper.targets()).containsKeys("thin", "thin-pool", "linear");
    }

    @Test
    void a_snapshot_shares_until_it_is_written() throws IOException {
        Device pool = pool(128, 0);
        mapper.message(POOL, "create_thin 1");
        Device a = thin("hc-test-a", 1, pool);
        write(a, 0, "first");
        mapper.suspend("hc-test-a");
        mapper.message(POOL, "create_snap 2 1");
        mapper.resume("hc-test-a");
        Device b = thin("hc-test-b", 2, pool);

        assertThat(read(b, 0, 5)).isEqualTo("first");
        write(b, 0, "other");
        assertThat(read(a, 0, 5)).isEqualTo("first");
        assertThat(mapper.list()).contains(POOL, "hc-test-a", "hc-test-b");
        assertThat(mapper.status("hc-test-b").getFirst().parameters()).startsWith("128 ");
        assertThat(mapper.table("hc-test-b").getFirst().parameters())
                .isEqualTo(pool.number() + " 2");
        assertThat(mapper.dependencies("hc-test-b")).containsExactly(pool.number());
        assertThat(mapper.find(POOL).orElseThrow().uuid()).isEqualTo("HC-TEST");
        assertThat(mapper.find(POOL).orElseThrow().openCount()).isEqualTo(2);
    }

    @Test
    void transaction_ids_arbitrate() throws IOException {
        pool(16, 0);
        mapper.message(POOL, "set_transaction_id 0 1");
        assertThat(mapper.status(POOL).getFirst().parameters()).startsWith("1 ");
        assertThatThrownBy(() -> mapper.message(POOL, "set_transaction_id 0 1"))
                .isInstanceOf(CallFailed.class)
                .hasMessageContaining(POOL);
    }

    @Test
    void errors_are_told_apart_by_their_numbers() throws IOException {
        Device pool = pool(16, 0);
        mapper.message(POOL, "create_thin 1");
        assertErrno(CallFailed.EEXIST, () -> mapper.message(POOL, "create_thin 1"));
        assertErrno(CallFailed.ENODATA, () -> mapper.message(POOL, "delete 7"));
        assertErrno(CallFailed.ENXIO, () -> mapper.message("hc-test-none", "delete 7"));
        assertErrno(CallFailed.EBUSY, () -> mapper.create(POOL, "", false, List.of()));
        Device a = thin("hc-test-a", 1, pool);
        try (var _ = FileChannel.open(a.node(), StandardOpenOption.READ)) {
            assertErrno(CallFailed.EBUSY, () -> mapper.remove("hc-test-a"));
        }
        mapper.remove("hc-test-a");
        mapper.remove("hc-test-a");
        assertThat(mapper.find("hc-test-a")).isEmpty();
    }

    private static void assertErrno(
            int expected, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CallFailed.class, e -> assertThat(e.errno()).isEqualTo(expected));
    }

    @Test
    void a_device_whose_table_is_refused_is_not_there() {
        var nonsense = List.of(new Target(0, 8, "thin", "nonsense"));
        assertThatThrownBy(() -> mapper.create("hc-test-a", "", false, nonsense))
                .isInstanceOf(CallFailed.class);
        assertThatThrownBy(() -> mapper.status("hc-test-a")).isInstanceOf(CallFailed.class);
    }

    @Test
    void the_low_water_mark_is_an_event_and_a_pool_grows_while_it_works() throws IOException {
        Device pool = pool(8, 64); // 64 blocks of 64 KiB: half of it
        mapper.message(POOL, "create_thin 1");
        Device a = thin("hc-test-a", 1, pool);
        mapper.arm();
        for (int block = 0; block < 70; block++) {
            write(a, block * 65536L, "x");
        }
        assertThat(mapper.awaitEvent(Duration.ofSeconds(60))).isTrue();

        Path data = folder.resolve("data");
        Allocation.upTo(data, 32 << 20);
        LoopDevices.resize(LoopDevices.of(data.toRealPath()).orElseThrow());
        Target now = mapper.table(POOL).getFirst();
        mapper.load(
                POOL, false, List.of(new Target(0, 32 * SECTORS, now.type(), now.parameters())));
        mapper.resume(POOL);
        assertThat(mapper.status(POOL).getFirst().parameters()).contains("/512 ");
    }

    @Test
    void loop_devices_come_and_go() throws IOException {
        Path device = loop("data", 1);
        Path file = folder.resolve("data").toRealPath();
        assertThat(LoopDevices.of(file)).contains(device);
        assertThat(Files.readString(Path.of("/sys/block", device.getFileName().toString(), "size")))
                .isEqualTo("2048\n");
        LoopDevices.detach(device);
        LoopDevices.detach(device);
        assertThat(LoopDevices.of(file)).isEmpty();
    }
}
