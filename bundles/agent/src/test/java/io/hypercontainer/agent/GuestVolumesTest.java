// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.TmpfsOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Volumes of containers in one machine, and file systems in its memory. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestVolumesTest {
    private static final List<String> DISKS = List.of("filled", "together", "empty", "shared");

    private Guest guest;

    @BeforeAll
    void boot(@TempDir Path directory) throws Exception {
        List<String> disks = new ArrayList<>();
        for (String disk : DISKS) {
            disks.addAll(GuestMachine.disk(directory, disk));
        }
        disks.addAll(GuestMachine.disk(directory, "cut-off", cutOff(directory)));
        guest = Guest.start(directory, disks);
    }

    /** What a machine leaves that ends while it fills a volume. */
    private static Path cutOff(Path directory) throws Exception {
        Path tree = directory.resolve("cut-off");
        Files.createDirectories(tree.resolve("data"));
        Files.createDirectories(tree.resolve(".filling/deep/er"));
        Files.writeString(tree.resolve(".filling/deep/er/half"), "hal");
        return tree;
    }

    @AfterAll
    void stop() {
        guest.close();
    }

    @AfterEach
    void destroyAll() {
        for (GuestContainerState container : guest.agent().containers()) {
            guest.agent().destroyContainer(container.id());
        }
    }

    private static GuestMount volume(String disk, String target, boolean readOnly, boolean fill) {
        return new GuestMount.Volume(disk, "ext4", target, readOnly, fill);
    }

    private void start(String container, GuestMount... mounts) throws Exception {
        guest.create(container, mounts);
        guest.sleep(container);
    }

    @Test
    void anEmptyVolumeIsFilledOnceFromTheImage() throws Exception {
        GuestMount volume = volume("filled", "/etc", false, true);
        start("first", volume);
        assertThat(guest.run("first", "ls /etc")).contains("group", "notes", "passwd");
        guest.run("first", "rm /etc/notes; echo mine >/etc/mine; chown 33:34 /etc; chmod 711 /etc");
        guest.agent().destroyContainer("first");

        start("second", volume);

        assertThat(guest.run("second", "ls /etc")).contains("mine").doesNotContain("notes");
        assertThat(guest.run("second", "stat -c '%u:%g %a' /etc")).isEqualTo("33:34 711\n");
    }

    @Test
    void containersThatFillAVolumeTogetherBothFindItFull() throws Exception {
        GuestMount volume = volume("together", "/bin", false, true);
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (String name : List.of("a", "b", "c")) {
            all.add(CompletableFuture.runAsync(() -> guest.create(name, volume)));
        }
        all.forEach(CompletableFuture::join);

        for (String name : List.of("a", "b", "c")) {
            guest.sleep(name);
            guest.run(name, "echo " + name + " >/bin/" + name + "-was-here");
        }
        assertThat(guest.run("a", "ls /bin"))
                .contains("busybox", "a-was-here", "b-was-here", "c-was-here");
    }

    @Test
    void aVolumeThatWasNotFilledToTheEndIsFilledAnew() throws Exception {
        start("one", volume("cut-off", "/srv", false, true));

        assertThat(guest.run("one", "cat /srv/page; ls -A /srv")).isEqualTo("hello\npage\n");
    }

    @Test
    void aVolumeMayStayEmpty() throws Exception {
        start("one", volume("empty", "/srv", false, false));

        assertThat(guest.run("one", "ls -A /srv")).isEmpty();
    }

    @Test
    void oneContainerReadsWhatAnotherWrites() throws Exception {
        start("writer", volume("shared", "/out", false, true));
        start(
                "reader",
                volume("shared", "/in", true, true),
                volume("shared", "/again", false, true));

        guest.run("writer", "echo word >/out/file");

        assertThat(guest.run("reader", "cat /in/file")).isEqualTo("word\n");
        assertThat(guest.run("reader", "touch /in/file 2>&1 || true"))
                .contains("Read-only file system");
        guest.run("reader", "echo back >>/again/file");
        assertThat(guest.run("writer", "cat /out/file")).isEqualTo("word\nback\n");
        guest.agent().destroyContainer("writer");
        assertThat(guest.run("reader", "cat /in/file")).isEqualTo("word\nback\n");
    }

    @Test
    void memoryIsMountedAsWanted() throws Exception {
        start(
                "one",
                new GuestMount.Tmpfs(1 << 20, 01777, "/usual", TmpfsOptions.DEFAULT),
                new GuestMount.Tmpfs(
                        0, 0750, "/other", new TmpfsOptions(false, true, true, true, 33, 34)),
                new GuestMount.Tmpfs(
                        0, 0755, "/fixed", new TmpfsOptions(true, false, false, false, 0, 0)));

        String table = guest.run("one", "cat /proc/mounts");
        assertThat(options(table, "/usual"))
                .contains("rw", "nosuid", "nodev", "noexec", "size=1024k");
        assertThat(options(table, "/other"))
                .contains("rw", "mode=750", "uid=33", "gid=34")
                .doesNotContain("nosuid", "nodev", "noexec");
        assertThat(options(table, "/fixed")).contains("ro", "nosuid", "nodev", "noexec");
        assertThat(guest.run("one", "stat -c '%u:%g %a' /other")).isEqualTo("33:34 750\n");
        guest.run("one", "cp /bin/busybox /other/true && /other/true");
        assertThat(guest.run("one", "touch /fixed/x 2>&1 || true"))
                .contains("Read-only file system");
    }

    private static List<String> options(String table, String target) {
        return table.lines()
                .map(line -> line.split(" "))
                .filter(fields -> fields[1].equals(target))
                .map(fields -> List.of(fields[3].split(",")))
                .findFirst()
                .orElseThrow();
    }
}
