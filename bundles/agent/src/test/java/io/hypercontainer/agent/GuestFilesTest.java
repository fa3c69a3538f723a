// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.agent.GuestContainer;
import io.hypercontainer.api.agent.GuestContainerState;
import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.TmpfsOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Files into and out of containers. GNU tar makes the archives and judges them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestFilesTest {
    private static final String BOX = "box";

    @TempDir Path directory;
    private Guest guest;

    @BeforeAll
    void boot(@TempDir Path machine) throws Exception {
        guest = Guest.start(machine, GuestMachine.disk(machine, "volume"));
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

    private static byte[] host(String... command) throws Exception {
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process.getOutputStream().close();
        byte[] output = process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return output;
    }

    private byte[] read(String path) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        guest.agent().readArchive(BOX, path, archive);
        return archive.toByteArray();
    }

    private void write(String path, byte[] archive) {
        guest.agent().writeArchive(BOX, path, new ByteArrayInputStream(archive), true);
    }

    private List<String> names(byte[] archive) throws Exception {
        Path file = Files.write(directory.resolve("names.tar"), archive);
        return new String(host("tar", "-tf", file.toString()), UTF_8).lines().sorted().toList();
    }

    /** An archive with a file of this name, as no well-behaved program would write it. */
    private byte[] archiveWith(String name) throws Exception {
        Files.writeString(directory.resolve("file"), "evil\n");
        return host(
                "tar",
                "-C",
                directory.toString(),
                "-P",
                "--transform=s|^file$|" + name + "|",
                "-cf",
                "-",
                "file");
    }

    @Test
    void looksAtFiles() throws Exception {
        guest.create(BOX, new GuestMount.Volume("volume", "ext4", "/data", false, false));
        guest.sleep(BOX);
        guest.run(
                BOX,
                "echo word >/data/f; chmod 4750 /data/f; touch -d @86400 /data/f;"
                        + " ln -s ../srv/page /data/l; ln -s nowhere /data/d; ln -s /data /to");
        PathStat file = guest.agent().stat(BOX, "/data/f");
        assertThat(file).isEqualTo(new PathStat("f", 5, 0104750, Instant.ofEpochSecond(86400), ""));
        assertThat(guest.agent().stat(BOX, "/to/f")).isEqualTo(file);
        assertThat(guest.agent().stat(BOX, "/data/l").linkTarget()).isEqualTo("/srv/page");
        assertThat(guest.agent().stat(BOX, "/data/d").linkTarget()).isEqualTo("nowhere");
        assertThat(guest.agent().stat(BOX, "/to").isFolder()).isFalse();
        assertThat(guest.agent().stat(BOX, "/to/").isFolder()).isTrue();
        assertThat(guest.agent().stat(BOX, "/").name()).isEqualTo("/");
        for (String missing : List.of("/no", "/no/no", "/etc/passwd/no", "/data/d/")) {
            assertThatThrownBy(() -> guest.agent().stat(BOX, missing))
                    .isInstanceOf(NotFound.class)
                    .hasMessageContaining(missing);
        }
        assertThatThrownBy(() -> guest.agent().stat(BOX, "relative"))
                .isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> guest.agent().stat("none", "/")).isInstanceOf(NotFound.class);
    }

    @Test
    void showsNothingOfTheKernel() throws Exception {
        guest.create(BOX);
        guest.sleep(BOX);
        guest.run(BOX, "ln -s /proc/1/root /out");
        for (String path :
                List.of("/proc/1/root/etc/passwd", "/out/etc/passwd", "/dev/vda", "/sys/kernel")) {
            assertThatThrownBy(() -> guest.agent().stat(BOX, path)).isInstanceOf(NotFound.class);
            assertThatThrownBy(() -> read(path)).isInstanceOf(NotFound.class);
        }
        assertThat(names(read("/proc/."))).isEmpty();
        // Up from the root is the root.
        assertThat(names(read("/../../../etc/passwd"))).containsExactly("passwd");
    }

    /** Everything that an archive can hold, with its oddities. */
    private void makeTree() throws Exception {
        Path tree = directory.resolve("tree");
        Path deep = Files.createDirectories(tree.resolve("n".repeat(200)).resolve("m".repeat(99)));
        byte[] content = new byte[5_000_000];
        new Random(3).nextBytes(content);
        Files.write(tree.resolve("large"), content);
        Files.writeString(deep.resolve("f"), "deep");
        Files.writeString(tree.resolve("empty"), "");
        Files.writeString(tree.resolve("exactly"), "x".repeat(1024));
        Files.writeString(tree.resolve("ünï"), "umlauts");
        Files.createLink(tree.resolve("other name"), tree.resolve("exactly"));
        Files.createSymbolicLink(tree.resolve("link"), Path.of("l".repeat(300)));
        Files.createSymbolicLink(tree.resolve("absolute"), Path.of("/no/such"));
        Files.createDirectory(tree.resolve("closed"));
        Files.writeString(tree.resolve("closed/inside"), "secret");
        String path = tree.toString();
        host("mkfifo", path + "/fifo");
        host("mknod", path + "/null", "c", "1", "3");
        host("chown", "-h", "1234:4000000000", path + "/link", path + "/ünï");
        host("chmod", "6711", path + "/ünï");
        host("chmod", "0", path + "/closed");
        host("chmod", "1777", path + "/" + "n".repeat(200));
        host("find", path, "-depth", "-exec", "touch", "-h", "-d", "@1000000", "{}", "+");
        host("touch", "-d", "@-5", path + "/empty");
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        guest.create(BOX, new GuestMount.Volume("volume", "ext4", "/data", false, false));
        makeTree();
        for (String format : List.of("gnu", "pax")) {
            byte[] archive =
                    host(
                            "tar",
                            "--format=" + format,
                            "-C",
                            directory.toString(),
                            "-cf",
                            "-",
                            "tree");
            // Twice: what is there is replaced.
            write("/data", archive);
            write("/data", archive);
            Path back = Files.write(directory.resolve("back.tar"), read("/data/tree"));
            // GNU tar compares all but extended attributes, and says what differs.
            host("tar", "-df", back.toString(), "-C", directory.toString());
        }
    }

    /** An archive with an empty file of which an extended header says this. */
    private static byte[] archiveWith(String name, byte[] record) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        archive.writeBytes(header('x', "x", record.length));
        archive.writeBytes(Arrays.copyOf(record, 512));
        archive.writeBytes(header('0', name, 0));
        return archive.toByteArray();
    }

    private static byte[] header(char type, String name, int size) {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, "0000644");
        put(block, 124, "%011o".formatted(size));
        put(block, 148, "        ");
        put(block, 156, String.valueOf(type));
        put(block, 257, "ustar");
        put(block, 263, "00");
        int sum = 0;
        for (byte b : block) {
            sum += b & 0xFF;
        }
        put(block, 148, "%06o".formatted(sum));
        return block;
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    @Test
    void keepsCapabilitiesAndTheUsersAttributes() throws Exception {
        guest.create(BOX, new GuestMount.Volume("volume", "ext4", "/data", false, false));
        // struct vfs_cap_data, revision 2: CAP_NET_RAW, permitted and effective.
        byte[] capability = new byte[20];
        capability[0] = 1;
        capability[3] = 2;
        capability[5] = 0x20;
        for (String kept : List.of("security.capability", "user.note")) {
            String key = " SCHILY.xattr." + kept + "=";
            int length = 2 + key.length() + capability.length + 1;
            ByteArrayOutputStream record = new ByteArrayOutputStream();
            record.writeBytes((length + key).getBytes(UTF_8));
            record.writeBytes(capability);
            record.write('\n');
            write("/data", archiveWith("f", record.toByteArray()));
            assertThat(new String(read("/data/f"), ISO_8859_1))
                    .contains(record.toString(ISO_8859_1));
        }
        // What belongs to the file system is not the archive's to say.
        write("/data", archiveWith("f", "30 SCHILY.xattr.trusted.a=bcd\n".getBytes(UTF_8)));
        assertThat(new String(read("/data/f"), ISO_8859_1)).doesNotContain("SCHILY");
    }

    @Test
    void readsOneFileAFolderOrItsContent() throws Exception {
        guest.create(BOX);
        guest.sleep(BOX);
        guest.run(
                BOX,
                "mkdir -p /a/b; echo x >/a/f; ln -s a /link; ln -s f /a/l; mkfifo /a/p;"
                        + " nc -l -p 999 -s 127.0.0.1 >/dev/null 2>&1 &");
        assertThat(names(read("/a/f"))).containsExactly("f");
        assertThat(names(read("/a"))).containsExactly("a/", "a/b/", "a/f", "a/l", "a/p");
        assertThat(names(read("/a/."))).containsExactly("b/", "f", "l", "p");
        assertThat(names(read("/link"))).containsExactly("link");
        assertThat(names(read("/link/"))).contains("link/", "link/f");
        assertThat(names(read("/link/."))).containsExactly("b/", "f", "l", "p");
        assertThat(names(read("/a/l"))).containsExactly("l");
        assertThat(names(read("/.")))
                .contains("bin/busybox", "etc/hosts", "dev/")
                .doesNotContain("dev/null");
        for (String missing : List.of("/no", "/a/f/.", "/a/f/")) {
            assertThatThrownBy(() -> read(missing)).isInstanceOf(NotFound.class);
        }
    }

    @Test
    void reachesTheFilesOfAContainerThatNeverRan() throws Exception {
        GuestMount volume = new GuestMount.Volume("volume", "ext4", "/data", false, false);
        guest.create(BOX, volume);
        write("/data", archiveWith("kept"));
        write("/srv", archiveWith("kept"));
        assertThat(names(read("/srv/."))).containsExactly("kept", "page");
        guest.agent().destroyContainer(BOX);
        guest.create(BOX, volume);
        assertThat(guest.agent().stat(BOX, "/data/kept").size()).isEqualTo(5);
    }

    @Test
    void ownersAreTakenOverOrAreRoot() throws Exception {
        guest.create(BOX);
        Files.writeString(directory.resolve("mine"), "x");
        byte[] archive =
                host(
                        "tar",
                        "--owner=33",
                        "--group=34",
                        "-C",
                        directory.toString(),
                        "-cf",
                        "-",
                        "mine");
        guest.agent().writeArchive(BOX, "/srv", new ByteArrayInputStream(archive), true);
        guest.agent().writeArchive(BOX, "/bin", new ByteArrayInputStream(archive), false);
        guest.sleep(BOX);
        assertThat(guest.run(BOX, "stat -c %u:%g /srv/mine /bin/mine")).isEqualTo("33:34\n0:0\n");
    }

    @Test
    void anArchiveStaysInTheContainer() throws Exception {
        guest.create(BOX);
        guest.sleep(BOX);
        for (String name : List.of("../evil", "a/../../evil", "..", "a/..", "x".repeat(300))) {
            assertThatThrownBy(() -> write("/srv", archiveWith(name)))
                    .isInstanceOf(InvalidSpec.class)
                    .hasMessageContaining(name.substring(0, 2));
        }
        assertThat(names(read("/."))).doesNotContain("evil");
        // An absolute name is below the folder.
        write("/srv", archiveWith("/absolute"));
        assertThat(guest.run(BOX, "cat /srv/absolute")).isEqualTo("evil\n");
        // Links lead where they lead in the container.
        guest.run(BOX, "ln -s /../../../../etc /srv/up; ln -s /proc/1/root /srv/magic");
        write("/srv", archiveWith("up/evil"));
        assertThat(guest.run(BOX, "cat /etc/evil")).isEqualTo("evil\n");
        assertThatThrownBy(() -> write("/srv", archiveWith("magic/evil")))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("/srv/magic/evil");
        // A link at the end is replaced, not followed.
        guest.run(BOX, "ln -s /etc/passwd /srv/last");
        write("/srv", archiveWith("last"));
        assertThat(guest.run(BOX, "cat /etc/passwd")).startsWith("root:");
        assertThat(guest.run(BOX, "cat /srv/last")).isEqualTo("evil\n");
        // Hard links as well.
        Path link = Files.writeString(directory.resolve("one"), "1");
        Files.createLink(directory.resolve("two"), link);
        byte[] archive =
                host(
                        "tar",
                        "-C",
                        directory.toString(),
                        "-P",
                        "--transform=s|^one$|../etc/passwd|h",
                        "--exclude-ignore=none",
                        "-cf",
                        "-",
                        "one",
                        "two");
        assertThatThrownBy(() -> write("/srv", archive)).isInstanceOf(InvalidSpec.class);
    }

    @Test
    void refusesWhatCannotBe() throws Exception {
        guest.create(BOX, new GuestMount.Tmpfs(1 << 20, 0755, "/small", TmpfsOptions.DEFAULT));
        guest.sleep(BOX);
        guest.run(BOX, "mkdir /srv/taken");
        assertThatThrownBy(() -> write("/srv", archiveWith("taken")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("/srv/taken");
        assertThatThrownBy(() -> write("/srv", archiveWith("page/below")))
                .isInstanceOf(NotFound.class)
                .hasMessageContaining("/srv/page/below");
        Files.createDirectories(directory.resolve("page"));
        byte[] archive = host("tar", "-C", directory.toString(), "-cf", "-", "page");
        assertThatThrownBy(() -> write("/srv", archive)).isInstanceOf(Conflict.class);
        assertThatThrownBy(() -> write("/srv/page", archive)).isInstanceOf(InvalidSpec.class);
        assertThatThrownBy(() -> write("/none", archive)).isInstanceOf(NotFound.class);
        assertThatThrownBy(() -> write("/srv", "x".repeat(5000).getBytes(UTF_8)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("no tar archive");
        // Much more than the folder takes, and than the guest reads before it says so.
        Files.write(directory.resolve("big"), new byte[8 << 20]);
        byte[] tooMuch = host("tar", "-C", directory.toString(), "-cf", "-", "big");
        assertThatThrownBy(() -> write("/small", tooMuch))
                .hasMessageContaining("/small/big: No space");
        assertThat(guest.run(BOX, "echo still here")).isEqualTo("still here\n");
    }

    @Test
    void writesIntoFilesThatAreMountedAndRefusesReadOnlyRoots() throws Exception {
        guest.agent()
                .createContainer(
                        new GuestContainer(
                                BOX,
                                guest.root(),
                                true,
                                List.of(
                                        new GuestMount.Tmpfs(
                                                1 << 20, 0755, "/mnt", TmpfsOptions.DEFAULT)),
                                GuestContainer.Limits.NONE,
                                Map.of()));
        write("/etc", archiveWith("hosts"));
        write("/mnt", archiveWith("file"));
        guest.sleep(BOX);
        assertThat(guest.run(BOX, "cat /etc/hosts /mnt/file")).isEqualTo("evil\nevil\n");
        assertThatThrownBy(() -> write("/srv", archiveWith("file")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("/srv/file: Read-only");
    }

    @Test
    void aRootCanBeWrittenUntilItIsSealedByTheFirstProcess() throws Exception {
        guest.agent()
                .createUnsealed(
                        new GuestContainer(
                                BOX,
                                guest.root(),
                                true,
                                List.of(),
                                GuestContainer.Limits.NONE,
                                Map.of()));
        write("/srv", archiveWith("file"));
        guest.sleep(BOX);
        assertThat(guest.run(BOX, "cat /srv/file; touch /x || echo sealed"))
                .isEqualTo("evil\nsealed\n");
        assertThatThrownBy(() -> write("/srv", archiveWith("file")))
                .isInstanceOf(Conflict.class)
                .hasMessageContaining("/srv/file: Read-only");
    }

    @Test
    void passesMoreThanTheMachineHasMemory() throws Exception {
        guest.create(BOX);
        guest.sleep(BOX);
        guest.run(BOX, "dd if=/dev/zero of=/big bs=1 count=0 seek=400M 2>/dev/null");
        long[] count = {0};
        guest.agent()
                .readArchive(
                        BOX,
                        "/big",
                        new OutputStream() {
                            @Override
                            public void write(int value) {
                                count[0]++;
                            }

                            @Override
                            public void write(byte[] bytes, int offset, int length) {
                                count[0] += length;
                            }
                        });
        assertThat(count[0]).isEqualTo((400L << 20) + 3 * 512);
    }

    @Test
    void endsWithItsCallerItsContainerOrItsConnection() throws Exception {
        guest.create(BOX);
        guest.sleep(BOX);
        guest.run(BOX, "dd if=/dev/zero of=/big bs=1 count=0 seek=1G 2>/dev/null");
        IOException full = new IOException("full");
        OutputStream failing =
                new OutputStream() {
                    @Override
                    public void write(int value) throws IOException {
                        throw full;
                    }
                };
        assertThatThrownBy(() -> guest.agent().readArchive(BOX, "/big", failing))
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(full);
        InputStream broken =
                new InputStream() {
                    @Override
                    public int read() throws IOException {
                        throw full;
                    }

                    @Override
                    public int read(byte[] target, int offset, int length) throws IOException {
                        throw full;
                    }
                };
        assertThatThrownBy(() -> guest.agent().writeArchive(BOX, "/", broken, true))
                .isInstanceOf(UncheckedIOException.class)
                .hasCause(full);

        // More of them than there may be at once: none of the others may be left.
        for (int i = 0; i < 70; i++) {
            assertThatThrownBy(() -> guest.agent().readArchive(BOX, "/big", failing))
                    .isInstanceOf(UncheckedIOException.class);
        }

        OutputStream interrupting =
                new OutputStream() {
                    @Override
                    public void write(int value) {
                        Thread.currentThread().interrupt();
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        Thread.currentThread().interrupt();
                    }
                };
        for (int i = 0; i < 70; i++) {
            assertThatThrownBy(() -> guest.agent().readArchive(BOX, "/big", interrupting))
                    .isInstanceOf(Interrupted.class);
            assertThat(Thread.interrupted()).isTrue();
        }

        Stuck first = new Stuck();
        guest.agent().destroyContainer(BOX);
        first.release();
        assertThatThrownBy(first.result::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(Conflict.class)
                .hasMessageContaining("destroyed");

        guest.create(BOX);
        guest.sleep(BOX);
        guest.run(BOX, "dd if=/dev/zero of=/big bs=1 count=0 seek=1G 2>/dev/null");
        Stuck second = new Stuck();
        guest.reconnect();
        second.release();
        assertThatThrownBy(second.result::get).hasCauseInstanceOf(Unavailable.class);
        assertThat(guest.agent().stat(BOX, "/big").size()).isEqualTo(1 << 30);
    }

    /** A reader of {@code /big} that does not go on until it is told to. */
    private final class Stuck extends OutputStream {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);
        final CompletableFuture<Void> result;

        Stuck() throws InterruptedException {
            var agent = guest.agent();
            result = CompletableFuture.runAsync(() -> agent.readArchive(BOX, "/big", this));
            begun.await();
        }

        @Override
        public void write(int value) throws IOException {
            begun.countDown();
            try {
                released.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            write(0);
        }

        void release() {
            released.countDown();
        }
    }
}
