// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unsupported;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Share;
import java.nio.file.Files;
import java.nio.file.Path;
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
    void aFolderCanBeSharedWithARunningMachine() throws Exception {
        if (!driver.capabilities().contains(Capability.HOTPLUG_SHARE)) {
            return; // virtiofsd needs root, as the probe says
        }
        var late = new Share("late", folder("late"), true);
        var machine = launch(plain("one"));
        try (var shell = GuestShell.of(machine)) {
            shell.run("true");

            machine.addShare(late);

            assertThat(
                            shell.run(
                                    "mkdir /late;"
                                            + " mounted() { mount -t virtiofs late /late && echo yes; };"
                                            + " await mounted; cat /late/name"))
                    .isEqualTo("late|");
            assertThatThrownBy(() -> machine.addShare(late)).isInstanceOf(Conflict.class);
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
