// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Share;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ShareTest extends LiveTest {
    @Test
    void foldersAreSharedAndReadOnlyIsKeptOnTheHost() throws Exception {
        var writable = folder("with, comma and \\ backslash");
        var readOnly = folder("read-only");
        var shares = List.of(new Share("rw", writable, false), new Share("ro", readOnly, true));
        if (!Host.isRoot()) {
            assertThatThrownBy(() -> driver.launch(spec("one", List.of(), List.of(), shares)))
                    .isInstanceOf(Unsupported.class);
            return;
        }
        var machine = launch(spec("one", List.of(), List.of(), shares));
        try (var shell = GuestShell.of(machine)) {
            shell.run("mkdir /rw /ro; mount -t virtiofs rw /rw; mount -t virtiofs ro /ro");
            assertThat(shell.run("cat /rw/name /ro/name"))
                    .isEqualTo(writable.getFileName() + "|" + readOnly.getFileName() + "|");

            assertThat(shell.run("echo from the guest > /rw/new; echo $?")).isEqualTo("0|");
            assertThat(shell.run("echo evil > /ro/new")).contains("Read-only file system");
            assertThat(shell.run("rm /ro/name")).contains("Read-only file system");
        }
        assertThat(writable.resolve("new")).hasContent("from the guest");
        assertThat(readOnly.resolve("new")).doesNotExist();
        assertThat(shareServers()).isNotEmpty();
        machine.kill();
        assertThat(shareServers()).isEmpty();
    }

    @Test
    void aFileIsSharedAloneAndReadOnlyIsKeptOnTheHost() throws Exception {
        if (!driver.capabilities().contains(Capability.SHARE_FILE)) {
            return; // virtiofsd needs root, as the probe says
        }
        var folder = folder("folder, with \\ and blank");
        var writable = Files.writeString(folder.resolve("a b,c"), "begin\n");
        var readOnly = Files.writeString(folder.resolve("ro"), "fixed\n");
        var shares = List.of(new Share("rw", writable, false), new Share("ro", readOnly, true));
        var machine = launch(spec("one", List.of(), List.of(), shares));
        try (var shell = GuestShell.of(machine)) {
            shell.run("mkdir /rw /ro; mount -t virtiofs rw /rw; mount -t virtiofs ro /ro");
            assertThat(shell.run("ls -A /rw /ro; cat /rw/file /ro/file"))
                    .isEqualTo("/ro:|file||/rw:|file|begin|fixed|");

            assertThat(shell.run("echo guest >> /rw/file; echo $?")).isEqualTo("0|");
            Files.writeString(writable, "host\n", StandardOpenOption.APPEND);
            assertThat(shell.run("cat /rw/file")).isEqualTo("begin|guest|host|");
            for (var attempt :
                    List.of(
                            "echo evil > /ro/file",
                            "rm /ro/file",
                            "touch /ro/other",
                            "touch /rw/other",
                            "mv /rw/file /rw/moved",
                            "chmod 777 /rw")) {
                assertThat(shell.run(attempt)).as(attempt).contains("Read-only file system");
            }
        }
        assertThat(writable).hasContent("begin\nguest\nhost");
        assertThat(readOnly).hasContent("fixed");
    }

    @Test
    void nothingElseIsSharedThanWhatWasMeant() throws Exception {
        if (!driver.capabilities().contains(Capability.SHARE)) {
            return;
        }
        var folder = folder("data");
        var link = Files.createSymbolicLink(folder.resolve("link"), Path.of("/etc"));
        var pipe = folder.resolve("pipe");
        Host.run("/usr/bin/mkfifo", pipe.toString());
        var machine = launch(plain("one"));

        for (var bad : List.of(link, link.resolve("passwd"), pipe, Path.of("/dev/null"))) {
            assertThatThrownBy(() -> machine.addShare(new Share("bad", bad, true)))
                    .as(bad.toString())
                    .isInstanceOfAny(InvalidSpec.class, Conflict.class);
        }

        assertThat(shareServers()).isEmpty();
    }

    /** What is mounted within a shared folder is closed as well, and not only at its top. */
    @Test
    void mountsWithinAFolderAreSharedAsReadOnly() throws Exception {
        if (!driver.capabilities().contains(Capability.SHARE)) {
            return;
        }
        var folder = folder("outer");
        var inner = Files.createDirectory(folder.resolve("in ner"));
        Host.run("/usr/bin/mount", "-t", "tmpfs", "hyper-test", inner.toString());
        try {
            Files.writeString(inner.resolve("name"), "inner\n");
            var machine =
                    launch(
                            spec(
                                    "one",
                                    List.of(),
                                    List.of(),
                                    List.of(new Share("s", folder, true))));
            try (var shell = GuestShell.of(machine)) {
                shell.run("mkdir /s; mount -t virtiofs s /s");
                assertThat(shell.run("cat '/s/in ner/name'")).isEqualTo("inner|");
                assertThat(shell.run("touch '/s/in ner/new'")).contains("Read-only file system");
            }
            machine.kill();
        } finally {
            Host.run("/usr/bin/umount", inner.toString());
        }
    }

    @Test
    void sharesComeAndGo() throws Exception {
        if (!driver.capabilities().contains(Capability.HOTPLUG_SHARE)) {
            return;
        }
        var late = new Share("late", folder("late"), true);
        var file = new Share("file", Files.writeString(root.resolve("f"), "f\n"), false);
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.run("mkdir /late /file");
            for (var round = 0; round < 10; round++) {
                machine.addShare(late);
                machine.addShare(file);

                assertThat(
                                shell.run(
                                        "mounted() { mount -t virtiofs $1 /$1 && echo yes; };"
                                                + " await mounted late; await mounted file;"
                                                + " cat /late/name /file/file"))
                        .isEqualTo("late|f|");
                assertThatThrownBy(() -> machine.addShare(late)).isInstanceOf(Conflict.class);

                shell.run("umount /late /file");
                machine.removeShare("late");
                machine.removeShare("file");
                assertThat(shareServers()).isEmpty();
            }
            assertThat(shell.run("ls /sys/bus/virtio/drivers/virtiofs | grep -c virtio"))
                    .isEqualTo("0|");
            assertThatThrownBy(() -> machine.removeShare("late")).isInstanceOf(NotFound.class);
            assertThatThrownBy(() -> machine.addShare(new Share("no", root.resolve("no"), true)))
                    .isInstanceOf(InvalidSpec.class);
        }
    }

    @Test
    void sharesOutliveTheDriver() throws Exception {
        if (!driver.capabilities().contains(Capability.SHARE)) {
            return;
        }
        var share = new Share("data", folder("data"), true);
        var first = launch(spec("one", List.of(), List.of(), List.of(share)));
        try (var shell = GuestShell.of(first)) {
            shell.run("mkdir /data; mount -t virtiofs data /data");
            driver.deactivate();
            driver = new QemuHypervisor(Configuration.tcg(), root);
            ends(driver.adopt(first.record()).orElseThrow());

            assertThat(shell.run("cat /data/name")).isEqualTo("data|");
        }
    }

    @Test
    void withoutTheDaemonThereIsNoSharing() throws Exception {
        var without =
                new QemuHypervisor(
                        Configuration.with(
                                Map.of("accelerator", "tcg", "virtiofsd", "/no/virtiofsd")),
                        root);

        assertThat(without.capabilities()).doesNotContain(Capability.SHARE);
        assertThat(without.probe().usable()).isTrue();
        assertThat(without.probe().reasons()).singleElement().asString().contains("virtiofsd");
        var share = new Share("data", folder("data"), true);
        assertThatThrownBy(() -> without.launch(spec("one", List.of(), List.of(), List.of(share))))
                .isInstanceOf(Unsupported.class);
    }

    private List<String> shareServers() {
        return ProcessHandle.allProcesses()
                .map(p -> p.info().commandLine().orElse(""))
                .filter(c -> c.contains("--socket-path=" + root))
                .toList();
    }

    private Path folder(String name) throws Exception {
        var folder = Files.createDirectory(root.resolve(name));
        Files.writeString(folder.resolve("name"), name + "\n");
        return folder;
    }
}
