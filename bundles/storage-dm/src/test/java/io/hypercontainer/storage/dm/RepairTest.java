// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.linux.CallFailed;
import io.hypercontainer.linux.DeviceMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a kill leaves between any two steps of a change, and what the next start makes of it. */
@Tag("device-mapper")
class RepairTest {
    private static final int THIN = 100;

    @TempDir Path folder;
    private Workbench bench;
    private DeviceMapper mapper;
    private Layer layer;
    private int image;

    @BeforeEach
    void open() throws IOException {
        bench = new Workbench(folder);
        mapper = DeviceMapper.open();
        layer = bench.take(List.of(), new TestTar().file("file", "content"));
        bench.root("kept", 0, layer);
        image = bench.status().total() > 0 ? imageThin() : 0;
    }

    private int imageThin() throws IOException {
        for (String name : Records.names(bench.home.images())) {
            ThinRecord record = ThinRecord.read(Kind.IMAGE.file(bench.home, name));
            if (!record.layers().isEmpty()) {
                return record.thin();
            }
        }
        throw new IllegalStateException("no image");
    }

    @AfterEach
    void close() throws IOException {
        assertThat(bench.driver().roots()).containsExactly("kept");
        assertThat(bench.driver().census()).hasSize(1);
        assertThat(bench.home.loose()).isEmptyDirectory();
        bench.driver().releaseRoot("kept");
        assertGone(THIN);
        bench.close();
        mapper.close();
        Workbench.nothingLeft();
    }

    private void assertGone(int thin) throws IOException {
        assertThatThrownBy(() -> mapper.message(bench.poolName(), "delete " + thin))
                .isInstanceOfSatisfying(
                        CallFailed.class, e -> assertThat(e.errno()).isEqualTo(CallFailed.ENODATA));
    }

    private ThinRecord record(long transaction) {
        return ThinRecord.of(
                THIN, transaction, 1024 * Workbench.MIB, List.of(layer.diffId()), 0, Map.of());
    }

    private void write(long transaction) throws IOException {
        Records.write(Kind.ROOT.file(bench.home, "cut-off"), record(transaction));
    }

    private void snapshot() throws IOException {
        mapper.message(bench.poolName(), "create_snap " + THIN + " " + image);
    }

    @Test
    void a_record_half_written() throws IOException {
        Files.writeString(bench.home.roots().resolve("cut-off.json.part"), "{\"thin");
        bench.restart();
        assertThat(bench.driver().roots()).hasSize(1);
        assertThat(bench.home.roots().resolve("cut-off.json.part")).doesNotExist();
    }

    @Test
    void a_record_and_no_device() throws IOException {
        write(bench.status().transaction() + 1);
        bench.restart();
    }

    @Test
    void a_record_and_a_device_but_no_transaction() throws IOException {
        write(bench.status().transaction() + 1);
        snapshot();
        bench.restart();
    }

    @Test
    void all_of_it_is_there() throws IOException {
        long transaction = bench.status().transaction();
        write(transaction + 1);
        snapshot();
        mapper.message(
                bench.poolName(), "set_transaction_id " + transaction + " " + (transaction + 1));
        bench.restart();
        assertThat(bench.driver().roots()).containsExactly("cut-off", "kept");
        assertThat(bench.driver().root("cut-off")).isPresent();
        bench.driver().releaseRoot("cut-off");
    }

    @Test
    void a_pool_whose_files_have_no_space_yet(@TempDir Path other) throws IOException {
        Home home = new Home(other.resolve("dm"));
        home.make();
        Files.createFile(home.metadataFile());
        Files.createFile(home.dataFile());
        try (var next = new Workbench(other)) {
            next.root("one", 0);
            next.driver().releaseRoot("one");
        }
    }

    @Test
    void an_import_that_was_not_finished() throws IOException {
        Records.write(bench.home.loose().resolve(THIN + ".json"), Map.of());
        snapshot();
        String pool = mapper.find(bench.poolName()).orElseThrow().number();
        var target =
                new DeviceMapper.Target(0, 1024 * Workbench.MIB / 512, "thin", pool + " " + THIN);
        mapper.create(bench.poolName() + "-" + THIN, "", false, List.of(target));
        bench.restart();
    }

    @Test
    void a_mark_without_a_device() throws IOException {
        Records.write(bench.home.loose().resolve(THIN + ".json"), Map.of());
        bench.restart();
    }

    @Test
    void an_import_that_was_finished_but_for_its_mark() throws IOException {
        Records.write(bench.home.loose().resolve(image + ".json"), Map.of());
        bench.restart();
        assertThat(bench.driver().hasLayer(layer)).isTrue();
        assertThat(bench.driver().root("kept")).isPresent();
        Path again = bench.root("again", 0, layer);
        Workbench.mounted(again, top -> assertThat(top.resolve("file")).hasContent("content"));
        bench.driver().releaseRoot("again");
    }

    @Test
    void a_deletion_that_has_only_moved_the_record() throws IOException {
        bench.root("cut-off", 0, layer);
        int thin = ThinRecord.read(Kind.ROOT.file(bench.home, "cut-off")).thin();
        Records.move(
                Kind.ROOT.file(bench.home, "cut-off"), bench.home.loose().resolve(thin + ".json"));
        bench.restart();
        assertThat(bench.driver().roots()).hasSize(1);
        assertGone(thin);
    }

    @Test
    void a_damaged_record_is_set_aside_and_told_of() throws IOException {
        Path damaged = Kind.VOLUME.file(bench.home, "damaged");
        Files.writeString(damaged, "nonsense");
        bench.restart();
        assertThat(bench.driver().volumes()).isEmpty();
        assertThat(bench.driver().census()).hasSize(2);
        try (var files = Files.list(bench.home.damaged())) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void metadata_that_are_not_the_records_ones_are_refused() throws IOException {
        long transaction = bench.status().transaction();
        write(transaction + 2);
        bench.restart();
        assertThatThrownBy(() -> bench.driver().roots())
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("at transaction " + transaction);
        Files.delete(Kind.ROOT.file(bench.home, "cut-off"));
    }
}
