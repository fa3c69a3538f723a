// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.shell.archive.TarEntry;
import io.hypercontainer.shell.archive.TarWriter;
import io.hypercontainer.shell.socket.Client;
import io.hypercontainer.shell.socket.SocketServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives of a guest that lies: nothing of them leaves the destination. */
@Timeout(300)
class HostileCopyTest {
    @TempDir Path folder;
    private final Typed typed = new Typed();
    private final ByteArrayOutputStream archive = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(archive);
    private FakeFiles files;
    private Path home;
    private Path secret;
    private SocketServer server;

    @BeforeEach
    void open() throws IOException {
        Files.createDirectories(folder.resolve("guest/d"));
        files = new FakeFiles(folder.resolve("guest"));
        home = Files.createDirectory(folder.resolve("home"));
        secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.writeString(home.resolve(".profile"), "mine");
        typed.runtime.containers.with(Samples.running("web"));
        typed.runtime.containers.files = files;
        server = new SocketServer(folder.resolve("hyper.sock"), typed.runner());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void add(String name, TarEntry.Kind kind, String link, String content)
            throws IOException {
        byte[] bytes = content.getBytes(UTF_8);
        tar.begin(new TarEntry(name, kind, 0755, 0, 0, Instant.EPOCH, bytes.length, link));
        tar.content(bytes, bytes.length);
        tar.pad(bytes.length);
    }

    private void file(String name) throws IOException {
        add(name, TarEntry.Kind.FILE, "", "evil");
    }

    private void link(String name, String to) throws IOException {
        add(name, TarEntry.Kind.SYMBOLIC_LINK, to, "");
    }

    private Client.Result copy(String source) throws Exception {
        tar.finish();
        files.archive = archive.toByteArray();
        return copyAsItIs(source);
    }

    private Client.Result copyAsItIs(String source) throws Exception {
        return Client.run(
                Client.of(folder.resolve("hyper.sock"), "cp", "web:" + source, ".")
                        .directory(home.toFile()),
                new byte[0]);
    }

    private void assertContained() throws IOException {
        assertThat(secret).hasContent("secret");
        assertThat(home.resolve(".profile")).hasContent("mine");
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all.map(p -> p.getFileName().toString()))
                    .containsExactlyInAnyOrder("guest", "home", "secret", "hyper.sock");
        }
        try (Stream<Path> all = Files.list(home)) {
            assertThat(all.map(p -> p.getFileName().toString())).isSubsetOf(".profile", "d");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "d/../../secret",
                "d/..",
                "/etc/evil",
                "d/../.profile",
                "d/x\0y"
            })
    void namesThatLeadOutAreRefused(String name) throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        add(name + "/" + "x".repeat(120), TarEntry.Kind.FILE, "", "evil");
        Client.Result result = copy("d");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("nothing outside of the destination").hasLineCount(1);
        assertContained();
    }

    @Test
    void whateverItIsCalledItGetsTheNameThatWasAskedFor() throws Exception {
        add("other/", TarEntry.Kind.FOLDER, "", "");
        file("other/f");
        file(".profile");
        file("secret/x");
        copy("d");
        assertContained();
    }

    @Test
    void linksAreMadeButNeverWrittenThrough() throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        link("d/absolute", secret.toString());
        link("d/up", "../..");
        file("d/absolute");
        file("d/up/secret");
        Client.Result result = copy("d");
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains("Symbolic link loop");
        assertContained();
        assertThat(home.resolve("d/absolute")).isRegularFile().hasContent("evil");
        assertThat(home.resolve("d/up")).isSymbolicLink();
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "up/", "up/x/", "up/link"})
    void aLinkIsNoFolder(String name) throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        link("d/up", "../..");
        if (name.endsWith("link")) {
            link("d/" + name, "x");
        } else {
            add("d/" + name, TarEntry.Kind.FOLDER, "", "");
        }
        assertThat(copy("d").exit()).isEqualTo(1);
        assertContained();
        assertThat(Files.getPosixFilePermissions(folder)).hasSizeLessThan(9);
    }

    @Test
    void aHardLinkReachesOnlyWhatWasUnpacked() throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        link("d/link", secret.toString());
        add("d/hard", TarEntry.Kind.HARD_LINK, "d/link", "");
        assertThat(copy("d").exit()).isEqualTo(1);
        assertContained();
        assertThat(home.resolve("d/hard")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../secret", "/etc/passwd", "d/../../secret"})
    void aHardLinkThatLeadsOutIsRefused(String target) throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        add("d/hard", TarEntry.Kind.HARD_LINK, target, "");
        assertThat(copy("d").err()).contains("nothing outside of the destination");
        assertContained();
    }

    @Test
    void devicesAreNotMade() throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        file("d/f");
        tar.finish();
        byte[] bytes = archive.toByteArray();
        bytes[512 + 156] = '3';
        for (int i = 148; i < 155; i++) {
            bytes[512 + i] = ' ';
        }
        int sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += bytes[512 + i] & 0xff;
        }
        sum += ' ' - bytes[512 + 155];
        byte[] digits = String.format("%06o", sum).getBytes(UTF_8);
        System.arraycopy(digits, 0, bytes, 512 + 148, 6);
        files.archive = bytes;
        Client.Result result = copyAsItIs("d");
        assertThat(result.err()).contains("d/f is neither file, folder nor link");
        assertContained();
        assertThat(home.resolve("d/f")).doesNotExist();
    }

    @Test
    void anEndlessNameIsRefused() throws Exception {
        add("d/" + "x/".repeat(3000) + "f", TarEntry.Kind.FILE, "", "");
        assertThat(copy("d").exit()).isEqualTo(1);
        assertContained();
    }

    @Test
    void damageIsToldAndHarmless() throws Exception {
        add("d/", TarEntry.Kind.FOLDER, "", "");
        for (int i = 0; i < 20; i++) {
            file("d/f" + i);
        }
        link("d/l", "f1");
        tar.finish();
        byte[] whole = archive.toByteArray();
        Random random = new Random(42);
        for (int round = 0; round < 150; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 1 + round % 20; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            files.archive =
                    round % 3 == 0
                            ? java.util.Arrays.copyOf(damaged, random.nextInt(damaged.length))
                            : damaged;
            assertThat(copyAsItIs("d").exit()).isIn(0, 1);
            assertContained();
        }
    }
}
