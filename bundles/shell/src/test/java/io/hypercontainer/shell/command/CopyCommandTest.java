// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.shell.socket.Client;
import io.hypercontainer.shell.socket.SocketServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code cp} typed at the real client; a folder of this host is the container's root. */
@Timeout(300)
class CopyCommandTest {
    @TempDir Path folder;
    private final Typed typed = new Typed();
    private FakeFiles files;
    private Path guest;
    private Path local;
    private SocketServer server;

    @BeforeEach
    void open() throws IOException {
        guest = Files.createDirectory(folder.resolve("guest"));
        local = Files.createDirectory(folder.resolve("local"));
        typed.runtime.containers.with(Samples.running("web"));
        files = new FakeFiles(guest);
        typed.runtime.containers.files = files;
        server = new SocketServer(folder.resolve("hyper.sock"), typed.runner());
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Client.Result copy(String... words) throws Exception {
        return copy(new byte[0], words);
    }

    private Client.Result copy(byte[] input, String... words) throws Exception {
        String[] line = new String[words.length + 1];
        line[0] = "cp";
        System.arraycopy(words, 0, line, 1, words.length);
        return Client.run(
                Client.of(folder.resolve("hyper.sock"), line).directory(local.toFile()), input);
    }

    private Client.Result export(String... words) throws Exception {
        String[] line = new String[words.length + 1];
        line[0] = "export";
        System.arraycopy(words, 0, line, 1, words.length);
        return Client.run(
                Client.of(folder.resolve("hyper.sock"), line).directory(local.toFile()),
                new byte[0]);
    }

    @Test
    void exportsToAFileOrStandardOutput() throws Exception {
        file(guest.resolve("etc/motd"), "hello");
        assertThat(export("-o", "out.tar", "web")).isEqualTo(new Client.Result(0, "", ""));
        Process tar =
                new ProcessBuilder("tar", "-xOf", "out.tar", "etc/motd")
                        .directory(local.toFile())
                        .start();
        assertThat(tar.getInputStream().readAllBytes()).asString().isEqualTo("hello");
        assertThat(export("web").out()).contains("hello");

        // What cannot be exported leaves what is there alone.
        assertThat(export("-o", "out.tar", "none").exit()).isEqualTo(1);
        typed.runtime.containers.files = null;
        assertThat(export("-o", "out.tar", "web").exit()).isNotZero();
        assertThat(tree(local)).hasSize(1);
        assertThat(Files.size(local.resolve("out.tar"))).isPositive();
        assertThat(export("-o", "no/such/out.tar", "web").err())
                .contains("no/such/out.tar")
                .contains("No such file");
    }

    private static void file(Path path, String content) throws IOException {
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }

    /** What is in a folder: paths, contents, and where links lead. */
    private static List<String> tree(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(p -> !p.equals(root)).map(p -> describe(root, p)).sorted().toList();
        }
    }

    private static String describe(Path root, Path path) {
        try {
            String name = root.relativize(path).toString();
            if (Files.isSymbolicLink(path)) {
                return name + "->" + Files.readSymbolicLink(path);
            }
            return Files.isDirectory(path) ? name + "/" : name + "=" + Files.readString(path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Docker's table: what becomes of a file, a folder and a folder's content. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "f      | there      | there/ there/f=F there/old=O",
                "f      | there/     | there/ there/f=F there/old=O",
                "f      | there/old  | there/ there/old=F",
                "f      | there/new  | there/ there/new=F there/old=O",
                "f      | there/new/ | !no such directory",
                "f      | there/old/ | !ot a directory",
                "f      | no/new     | !no",
                "d      | there      | there/ there/d/ there/d/s/ there/d/s/x=X there/old=O",
                "d/     | there      | there/ there/d/ there/d/s/ there/d/s/x=X there/old=O",
                "d/.    | there      | there/ there/old=O there/s/ there/s/x=X",
                "d/./   | there/.    | there/ there/old=O there/s/ there/s/x=X",
                "d      | new        | new/ new/s/ new/s/x=X there/ there/old=O",
                "d/     | new/       | new/ new/s/ new/s/x=X there/ there/old=O",
                "d/.    | new        | new/ new/s/ new/s/x=X there/ there/old=O",
                "d      | there/old  | !cannot copy directory",
                "d/.    | there/old  | !cannot copy directory",
                "f/     | there      | !ot a directory",
                "f/.    | there      | !",
                "no     | there      | !no",
                "l      | there      | there/ there/l->f there/old=O",
                "l      | new        | new->f there/ there/old=O",
                "dl     | there      | there/ there/dl->d there/old=O",
                "dl/    | there      | there/ there/dl/ there/dl/s/ there/dl/s/x=X there/old=O",
                "dl/.   | there      | there/ there/old=O there/s/ there/s/x=X",
                "-L l   | there      | there/ there/l=F there/old=O",
                "-L dl  | there      | there/ there/dl/ there/dl/s/ there/dl/s/x=X there/old=O",
                "-L dl  | new        | new/ new/s/ new/s/x=X there/ there/old=O",
                "d/../f | there      | there/ there/f=F there/old=O",
            })
    void followsDockersRulesBothWays(String source, String destination, String result)
            throws Exception {
        for (boolean out : List.of(true, false)) {
            Path from = out ? guest : local;
            Path to = out ? local : guest;
            for (Path side : List.of(guest, local)) {
                try (Stream<Path> all = Files.walk(side)) {
                    all.sorted(java.util.Comparator.reverseOrder())
                            .filter(p -> !p.equals(side))
                            .forEach(p -> p.toFile().delete());
                }
            }
            file(from.resolve("f"), "F");
            file(from.resolve("d/s/x"), "X");
            Files.createSymbolicLink(from.resolve("l"), Path.of("f"));
            Files.createSymbolicLink(from.resolve("dl"), Path.of("d"));
            file(to.resolve("there/old"), "O");

            boolean follow = source.startsWith("-L ");
            String path = follow ? source.substring(3) : source;
            String[] words =
                    Stream.of(
                                    follow ? "-L" : "-q",
                                    out ? "web:" + path : path,
                                    out ? destination : "web:" + destination)
                            .toArray(String[]::new);
            Client.Result ended = copy(words);

            if (result.startsWith("!")) {
                assertThat(ended.exit()).as("%s %s", out, ended).isEqualTo(1);
                assertThat(ended.err())
                        .as("%s", out)
                        .startsWith("hyperctl: ")
                        .containsIgnoringCase(result.substring(1))
                        .hasLineCount(1);
                assertThat(tree(to)).containsExactly("there/", "there/old=O");
            } else {
                assertThat(ended).as("%s", out).isEqualTo(new Client.Result(0, "", ""));
                assertThat(tree(to)).as("%s", out).containsExactly(result.split(" "));
            }
        }
    }

    @Test
    void theRootIsItsContent() throws Exception {
        file(guest.resolve("bin/x"), "X");
        file(guest.resolve("y"), "Y");
        Files.createDirectory(local.resolve("there"));
        assertThat(copy("web:/", "there")).isEqualTo(new Client.Result(0, "", ""));
        assertThat(copy("web:/", "new")).isEqualTo(new Client.Result(0, "", ""));
        assertThat(tree(local))
                .containsExactly(
                        "new/",
                        "new/bin/",
                        "new/bin/x=X",
                        "new/y=Y",
                        "there/",
                        "there/bin/",
                        "there/bin/x=X",
                        "there/y=Y");
        assertThat(copy("there", "web:/")).isEqualTo(new Client.Result(0, "", ""));
        assertThat(guest.resolve("there/bin/x")).hasContent("X");
    }

    @Test
    void permissionsAndTimesArrive() throws Exception {
        Path file = guest.resolve("d/f");
        file(file, "x");
        Instant then = Instant.parse("2020-02-03T04:05:06Z");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-xr-x--x"));
        Files.setLastModifiedTime(file, FileTime.from(then));
        Files.setPosixFilePermissions(
                guest.resolve("d"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setLastModifiedTime(guest.resolve("d"), FileTime.from(then));

        assertThat(copy("web:d", ".").err()).isEmpty();
        Files.delete(file);
        assertThat(copy("d/f", "web:/d/").err()).isEmpty();

        for (Path copied : List.of(local.resolve("d/f"), file)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copied)))
                    .isEqualTo("r-xr-x--x");
            assertThat(Files.getLastModifiedTime(copied).toInstant()).isEqualTo(then);
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(local.resolve("d"))))
                .isEqualTo("rwxr-x---");
        assertThat(Files.getLastModifiedTime(local.resolve("d")).toInstant()).isEqualTo(then);
    }

    @Test
    void manyFilesLongNamesAndAnyBytesInThem() throws Exception {
        Path from = local.resolve("from");
        for (int i = 0; i < 1500; i++) {
            file(from.resolve("sub" + i % 7 + "/file" + i), "content " + i);
        }
        file(from.resolve("x".repeat(200) + "/" + "y".repeat(200) + "/ü"), "deep");
        Files.createSymbolicLink(from.resolve("long"), Path.of("z".repeat(300)));
        Process shell =
                new ProcessBuilder("bash", "-c", "printf bytes > $'from/\\xff\\x01 x'")
                        .directory(local.toFile())
                        .start();
        assertThat(shell.waitFor()).isZero();

        assertThat(copy("from", "web:/")).isEqualTo(new Client.Result(0, "", ""));
        assertThat(copy("web:from", "to")).isEqualTo(new Client.Result(0, "", ""));

        Process same =
                new ProcessBuilder("diff", "-r", "--no-dereference", "from", "to")
                        .directory(local.toFile())
                        .inheritIO()
                        .start();
        assertThat(same.waitFor()).isZero();
    }

    @Test
    void aBigFileStreamsThrough() throws Exception {
        byte[] block = new byte[1 << 20];
        new Random(7).nextBytes(block);
        Path big = local.resolve("big");
        try (var out = Files.newOutputStream(big)) {
            for (int i = 0; i < 100; i++) {
                block[0] = (byte) i;
                out.write(block);
            }
        }

        assertThat(copy("big", "web:/copied").err()).isEmpty();
        assertThat(Files.mismatch(big, guest.resolve("copied"))).isEqualTo(-1);
        assertThat(copy("web:/copied", "back").err()).isEmpty();
        assertThat(Files.mismatch(big, local.resolve("back"))).isEqualTo(-1);
    }

    @Test
    void archivesComeAndGoOnStandardInputAndOutput() throws Exception {
        file(guest.resolve("d/f"), "content");
        Process tar =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                Client.PROGRAM
                                        + " -H unix://"
                                        + folder.resolve("hyper.sock")
                                        + " cp web:d - | tar x")
                        .directory(local.toFile())
                        .inheritIO()
                        .start();
        assertThat(tar.waitFor()).isZero();
        assertThat(tree(local)).containsExactly("d/", "d/f=content");

        Files.createDirectory(guest.resolve("to"));
        byte[] archive = FakeFiles.pack(local);
        assertThat(copy(archive, "-", "web:to").err()).isEmpty();
        assertThat(tree(guest.resolve("to"))).containsExactly("d/", "d/f=content");
        assertThat(files.writes).containsExactly("/to true");
        assertThat(copy(archive, "-", "web:d/f").err()).contains("must be a directory");
        assertThat(copy(archive, "-", "web:none").err()).contains("must be a directory");
    }

    @Test
    void ownersAreKeptIfWanted() throws Exception {
        file(local.resolve("f"), "x");
        copy("f", "web:/a");
        copy("-a", "f", "web:/b");
        assertThat(files.writes).containsExactly("/ false", "/ true");
        assertThat(files.closed).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "a, b, must specify at least one container source",
        "web:a, web:b, copying between containers is not supported",
        "web:, b, the path in the container is empty",
        "'', web:b, source and destination cannot be empty",
        "gone:a, b, there is no container 'gone'",
        "./web:a, b, must specify at least one container source",
        "/web:a, b, must specify at least one container source",
        "web:f, /no/where, invalid output path",
        "web:f, /etc/passwd/x, Not a directory",
        "web:f, /dev/null, it is a device"
    })
    void refusesWhatMakesNoSense(String source, String destination, String message)
            throws Exception {
        file(guest.resolve("f"), "x");
        Client.Result result = copy(source, destination);
        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.err()).contains(message).hasLineCount(1);
    }

    @Test
    void overwritesNeitherFoldersNorFilesByTheOther() throws Exception {
        file(guest.resolve("d/x"), "file");
        Files.createDirectories(local.resolve("d/x"));
        assertThat(copy("web:d", ".").err())
                .isEqualTo("hyperctl: cannot overwrite directory 'd/x' with non-directory 'd/x'\n");

        file(guest.resolve("e/x/y"), "file");
        file(local.resolve("e/x"), "kept");
        assertThat(copy("web:e", ".").err())
                .isEqualTo(
                        "hyperctl: cannot overwrite non-directory 'e/x' with directory 'e/x/'\n");
        assertThat(local.resolve("e/x")).hasContent("kept");
    }

    @Test
    void aFileThatCannotBeReadEndsTheCopy() throws Exception {
        file(local.resolve("d/f"), "x");
        file(local.resolve("d/g"), "x");
        Files.createSymbolicLink(local.resolve("loop"), Path.of("loop"));
        assertThat(copy("-L", "loop", "web:/").err()).contains("Symbolic link loop");
        assertThat(copy("d", "web:/none/deeper").err())
                .isEqualTo("hyperctl: could not find the folder /none\n");
    }

    @Test
    void whatIsNeitherFileFolderNorLinkIsLeftOutAndTold() throws Exception {
        file(local.resolve("d/f"), "x");
        assertThat(new ProcessBuilder("mkfifo", local + "/d/pipe").start().waitFor()).isZero();
        Client.Result result = copy("d", "web:/");
        assertThat(result.exit()).isZero();
        assertThat(result.err())
                .isEqualTo("hyperctl: pipe is neither file, folder nor link and was not read\n");
        assertThat(tree(guest)).containsExactly("d/", "d/f=x");
        assertThat(copy("d/pipe", "web:/").err()).contains("it is no file, folder or link");
        assertThat(new ProcessBuilder("mkfifo", guest + "/d/pipe").start().waitFor()).isZero();
        Files.createDirectory(local.resolve("to"));
        result = copy("web:d/.", "to");
        assertThat(result.exit()).isZero();
        assertThat(result.err())
                .isEqualTo("hyperctl: pipe is neither file, folder nor link and was not made\n");
        assertThat(tree(local.resolve("to"))).containsExactly("f=x");
    }

    @Test
    void aLinkAtTheDestinationIsFollowedWhereItWasNamed() throws Exception {
        file(guest.resolve("f"), "F");
        file(local.resolve("real"), "old");
        Files.createSymbolicLink(local.resolve("link"), Path.of("real"));
        Files.createSymbolicLink(local.resolve("dangling"), Path.of("missing"));

        assertThat(copy("web:f", "link").err()).isEmpty();
        assertThat(copy("web:f", "dangling").err()).isEmpty();

        assertThat(tree(local))
                .containsExactly("dangling->missing", "link->real", "missing=F", "real=F");
        Files.createSymbolicLink(guest.resolve("guestlink"), Path.of("f"));
        file(local.resolve("new"), "N");
        assertThat(copy("new", "web:guestlink").err()).isEmpty();
        assertThat(tree(guest)).containsExactly("f=N", "guestlink->f");
    }

    @Test
    void setUserIdIsNotTakenFromAContainer() throws Exception {
        file(guest.resolve("f"), "x");
        assertThat(new ProcessBuilder("chmod", "6755", guest + "/f").start().waitFor()).isZero();
        assertThat(copy("web:f", "got").err()).isEmpty();
        assertThat(Files.getAttribute(local.resolve("got"), "unix:mode", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(0100755);
    }

    @Test
    void aSecondNameOfAFileBecomesASecondFile() throws Exception {
        file(guest.resolve("d/a"), "same");
        Files.createLink(guest.resolve("d/b"), guest.resolve("d/a"));
        assertThat(copy("web:d", ".").err()).isEmpty();
        assertThat(tree(local)).containsExactly("d/", "d/a=same", "d/b=same");
    }

    @Test
    void tellsWhatItCopiedOnATerminal() throws Exception {
        file(guest.resolve("f"), "x");
        Process script =
                new ProcessBuilder(
                                "script",
                                "-qec",
                                Client.PROGRAM
                                        + " -H unix://"
                                        + folder.resolve("hyper.sock")
                                        + " cp web:f got",
                                "/dev/null")
                        .directory(local.toFile())
                        .redirectErrorStream(true)
                        .start();
        script.getOutputStream().close();
        assertThat(new String(script.getInputStream().readAllBytes(), UTF_8))
                .contains("Successfully copied 10.2kB to got");
    }
}
