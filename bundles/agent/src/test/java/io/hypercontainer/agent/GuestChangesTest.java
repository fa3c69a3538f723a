// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.agent.TmpfsOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What containers have changed against their images. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class GuestChangesTest {
    private static final String BOX = "box";

    private Guest guest;
    private Path directory;

    @BeforeAll
    void boot(@TempDir Path directory) throws Exception {
        this.directory = directory;
        Path tree = directory.resolve("second");
        Files.createDirectories(tree.resolve("app/sub"));
        Files.createDirectories(tree.resolve("odd"));
        Files.writeString(tree.resolve("app/one"), "1");
        Files.writeString(tree.resolve("app/two"), "2");
        Files.writeString(tree.resolve("app/sub/three"), "3");
        Files.createSymbolicLink(tree.resolve("odd/out"), Path.of("/no/such"));
        List<String> disks = new ArrayList<>(GuestMachine.disk(directory, "writable"));
        disks.addAll(GuestMachine.disk(directory, "volume"));
        disks.addAll(GuestMachine.layers(directory, tree));
        // What was in the image stays the same; what another mkfs made of it only looks so.
        Path whole = directory.resolve("tree");
        Files.createLink(whole.resolve("bin/other"), whole.resolve("bin/busybox"));
        disks.addAll(GuestMachine.disk(directory, "whole", whole));
        disks.addAll(GuestMachine.copy(directory, "whole", "image"));
        disks.addAll(GuestMachine.disk(directory, "remade", whole));
        guest = Guest.start(directory, disks);
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

    private GuestRoot twoLayers(Optional<String> writable) throws Exception {
        long first = guest.machine().rootLength();
        long second = Files.size(directory.resolve("second.erofs"));
        return new GuestRoot.Layers(
                List.of(
                        new GuestRoot.Layer("layers", 0, first, "erofs"),
                        new GuestRoot.Layer("layers", first, second, "erofs")),
                writable,
                "ext4");
    }

    private List<String> changes() {
        return guest.agent().changes(BOX).stream()
                .map(c -> c.kind().name().charAt(0) + " " + c.path())
                .toList();
    }

    @Test
    void aFreshContainerHasNone() throws Exception {
        guest.create(
                BOX,
                twoLayers(Optional.empty()),
                new GuestMount.Tmpfs(0, 0755, "/new/deep/tmp", TmpfsOptions.DEFAULT),
                new GuestMount.Tmpfs(0, 0755, "/app/sub/new", TmpfsOptions.DEFAULT),
                new GuestMount.Volume("volume", "ext4", "/data with space", false, false));
        assertThat(changes()).isEmpty();
        guest.sleep(BOX);
        guest.run(BOX, "echo x >'/data with space/f'; echo x >/new/deep/tmp/f; echo x >/dev/shm/f");
        assertThat(changes()).isEmpty();
        guest.run(BOX, "echo x >/new/f");
        assertThat(changes()).containsExactly("A /new", "A /new/f");
    }

    @Test
    void tellsWhatIsNewAnotherOrGone() throws Exception {
        guest.create(BOX, twoLayers(Optional.of("writable")));
        guest.sleep(BOX);
        guest.run(
                BOX,
                "echo x >>/app/one; rm /app/two; mkdir -p /fresh/deep; echo x >/fresh/deep/f;"
                        + " ln -s f /app/link; chmod 700 /srv; rm -r /odd; echo file >/odd");
        assertThat(changes())
                .containsExactly(
                        "C /app",
                        "A /app/link",
                        "C /app/one",
                        "D /app/two",
                        "A /fresh",
                        "A /fresh/deep",
                        "A /fresh/deep/f",
                        "C /odd",
                        "C /srv");
        // The same after the machine has written it back.
        guest.agent().destroyContainer(BOX);
        guest.create(BOX, twoLayers(Optional.of("writable")));
        assertThat(changes()).contains("C /app/one", "D /app/two", "C /odd").hasSize(9);
    }

    @Test
    void seesThroughFoldersThatWereMadeAgain() throws Exception {
        guest.create(BOX, twoLayers(Optional.empty()));
        guest.sleep(BOX);
        guest.run(
                BOX,
                "rm -r /app; mkdir -p /app/sub; echo 1 >/app/one; rm -r /odd; mkdir /odd;"
                        + " mkdir /odd/out; echo x >/odd/out/passwd");
        assertThat(changes())
                .containsExactly(
                        "C /app",
                        "C /app/one",
                        "C /app/sub",
                        "D /app/sub/three",
                        "D /app/two",
                        "C /odd",
                        "C /odd/out",
                        "A /odd/out/passwd");
    }

    @Test
    void comparesWithASingleLayerWhileItRuns() throws Exception {
        guest.create(BOX);
        guest.sleep(BOX);
        guest.run(BOX, "rm /etc/notes; mknod /etc/zero c 1 5; touch '/a\nb'");
        assertThat(changes()).containsExactly("A /a\nb", "C /etc", "D /etc/notes", "A /etc/zero");
        guest.run(BOX, "i=0; while [ $i -lt 3000 ]; do echo >/srv/file-$i; i=$((i+1)); done");
        assertThat(changes()).hasSize(3005).contains("C /srv", "A /srv/file-2999");
    }

    private List<String> changes(String image) {
        return guest.agent().changes(BOX, new GuestRoot.SingleDisk(image, "ext4", "/")).stream()
                .map(c -> c.kind().name().charAt(0) + " " + c.path())
                .toList();
    }

    @Test
    void comparesOneDiskWithWhatItWasACopyOf() throws Exception {
        guest.create(
                BOX,
                new GuestRoot.SingleDisk("whole", "ext4", "/"),
                new GuestMount.Tmpfs(0, 0755, "/new/deep/tmp", TmpfsOptions.DEFAULT));
        guest.sleep(BOX);
        guest.run(BOX, "echo x >/new/deep/tmp/f; echo x >/dev/shm/f; cat /etc/notes");
        assertThat(changes("image")).isEmpty();

        // The same length and the same time: only the inode tells. The links of a file are not it.
        guest.run(
                BOX,
                "touch -r /srv/page /was; printf HELLO >/srv/page; echo >>/srv/page;"
                        + " touch -r /was /srv/page; rm /was; rm /bin/other /etc/notes;"
                        + " mkdir /srv/sub; echo x >/srv/sub/f; ln -sf busybox /bin/cat;"
                        + " chmod 600 /etc/group; mknod /etc/out c 0 0");
        assertThat(changes("image"))
                .containsExactly(
                        "C /bin",
                        "C /bin/cat",
                        "D /bin/other",
                        "C /etc",
                        "C /etc/group",
                        "D /etc/notes",
                        "A /etc/out",
                        "C /srv",
                        "C /srv/page",
                        "A /srv/sub",
                        "A /srv/sub/f");
        assertThat(changes("remade"))
                .contains("D /bin/other", "C /etc/group", "A /srv/sub/f")
                .doesNotContain("C /bin/busybox", "C /etc/passwd", "C /srv/page");
        assertThat(layer(Optional.of("image")))
                .containsExactly(
                        "bin/",
                        "bin/.wh.other",
                        "bin/cat",
                        "etc/",
                        "etc/.wh.notes",
                        "etc/group",
                        "etc/out",
                        "srv/",
                        "srv/page",
                        "srv/sub/",
                        "srv/sub/f");
        // The disk was only lent: a container may have it, and it was not written.
        assertThat(changes("image")).hasSize(11);
        assertThatThrownBy(() -> changes("nowhere")).hasMessageContaining("nowhere");
    }

    private List<String> layer(Optional<String> image) throws Exception {
        var archive = new ByteArrayOutputStream();
        var disk = image.map(name -> new GuestRoot.SingleDisk(name, "ext4", "/"));
        guest.agent().readChanges(BOX, disk, true, archive);
        return names(archive.toByteArray());
    }

    /** GNU tar judges the archive; folders must come before what they hold. */
    private List<String> names(byte[] archive) throws Exception {
        Path file = Files.write(directory.resolve("names.tar"), archive);
        Process tar =
                new ProcessBuilder("tar", "-tf", file.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        List<String> names =
                new String(tar.getInputStream().readAllBytes(), UTF_8).lines().toList();
        assertThat(tar.waitFor()).isZero();
        for (String name : names) {
            String folder = name.substring(0, name.lastIndexOf('/', name.length() - 2) + 1);
            assertThat(folder.isEmpty() || names.indexOf(folder) < names.indexOf(name))
                    .as("%s in %s", name, names)
                    .isTrue();
        }
        return names.stream().sorted().toList();
    }

    @Test
    void makesALayerOfWhatLayersHide() throws Exception {
        guest.create(
                BOX,
                twoLayers(Optional.empty()),
                new GuestMount.Tmpfs(0, 0755, "/new/deep/tmp", TmpfsOptions.DEFAULT));
        guest.sleep(BOX);
        assertThat(layer(Optional.empty())).isEmpty();
        guest.run(
                BOX,
                "echo x >/new/deep/tmp/f; rm -r /app; mkdir -p /app/sub; echo 1 >/app/one;"
                        + " mkdir -p /fresh/deep; ln /app/one /fresh/deep/hard; mkfifo /fresh/pipe;"
                        + " ln -s nowhere /fresh/link; rm /etc/notes; chmod 700 /srv");
        assertThat(layer(Optional.empty()))
                .containsExactly(
                        "app/",
                        "app/.wh.two",
                        "app/one",
                        "app/sub/",
                        "app/sub/.wh.three",
                        "etc/",
                        "etc/.wh.notes",
                        "fresh/",
                        "fresh/deep/",
                        "fresh/deep/hard",
                        "fresh/link",
                        "fresh/pipe",
                        "srv/");
        guest.run(BOX, "touch /srv/.wh.page");
        assertThatThrownBy(() -> layer(Optional.empty()))
                .hasMessageContaining("/srv/.wh.page can't be in an image");
    }

    /** Something that a layer takes some time to tell of, and something that goes on. */
    private void countAloud() throws Exception {
        guest.create(
                BOX,
                twoLayers(Optional.empty()),
                new GuestMount.Tmpfs(0, 0755, "/mem", TmpfsOptions.DEFAULT));
        guest.sleep(BOX);
        guest.run(BOX, "head -c 4000000 /dev/urandom >/big; echo 0 >/mem/count");
        guest.agent()
                .start(
                        BOX,
                        Guest.spec(
                                "counts",
                                "sh",
                                "-c",
                                "i=0; while true; do i=$((i+1)); echo $i >/mem/count; done"));
        awaitOtherThan("0");
    }

    /** Called once, in the midst of a layer. */
    private interface InTheMidst {
        void run() throws IOException;
    }

    private void readChanges(InTheMidst midst) {
        OutputStream sink =
                new OutputStream() {
                    private boolean begun;

                    @Override
                    public void write(int b) {
                        throw new AssertionError("byte by byte");
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        if (!begun) {
                            begun = true;
                            midst.run();
                        }
                    }
                };
        guest.agent().readChanges(BOX, Optional.empty(), true, sink);
    }

    @Test
    void haltsTheProcessesMeanwhile() throws Exception {
        countAloud();
        var seen = new ArrayList<String>();
        assertThatThrownBy(() ->
                        readChanges(() -> {
                            seen.add(count());
                            seen.add(count());
                            throw new IOException("no room");
                        }))
                .hasMessageContaining("no room");
        assertThat(seen.get(0)).isEqualTo(seen.get(1));
        // They go on, although the work was cut off.
        awaitOtherThan(seen.get(0));
    }

    @Test
    void haltsNobodyForAHostThatTakesNothing() throws Exception {
        countAloud();
        assertThatThrownBy(() -> readChanges(() -> awaitOtherThan(count())))
                .hasMessageContaining("the host has taken nothing for 20 s");
    }

    private void awaitOtherThan(String seen) throws IOException {
        while (count().equals(seen)) {
            Thread.onSpinWait();
        }
    }

    private String count() throws IOException {
        var archive = new ByteArrayOutputStream();
        guest.agent().readArchive(BOX, "/mem/count", archive);
        byte[] tar = archive.toByteArray();
        return new String(tar, 512, tar.length - 512, UTF_8).replace("\0", "").strip();
    }

    @Test
    void readsTheRootWithoutWhatIsMountedInIt() throws Exception {
        guest.create(
                BOX,
                twoLayers(Optional.empty()),
                new GuestMount.Volume("volume", "ext4", "/app/sub", false, false));
        guest.sleep(BOX);
        guest.run(BOX, "echo x >/app/sub/volume; echo x >/new; rm /app/two; echo >/dev/shm/f");
        var archive = new ByteArrayOutputStream();
        guest.agent().readRoot(BOX, archive);
        assertThat(names(archive.toByteArray()))
                .contains("app/", "app/one", "app/sub/three", "new", "bin/busybox", "dev/", "proc/")
                .doesNotContain("app/two", "app/sub/volume", "dev/shm/f", "proc/self/");
        assertThatThrownBy(() -> guest.agent().readRoot("none", archive))
                .isInstanceOf(NotFound.class);
    }

    @Test
    void saysWhenItCannotTell() {
        guest.create(BOX, new GuestRoot.SingleDisk("volume", "ext4", "/root"));
        assertThatThrownBy(this::changes)
                .isInstanceOf(Unsupported.class)
                .hasMessageContaining("not made of layers");
        assertThatThrownBy(() -> layer(Optional.empty())).isInstanceOf(Unsupported.class);
        assertThatThrownBy(() -> guest.agent().changes("none")).isInstanceOf(NotFound.class);
    }
}
