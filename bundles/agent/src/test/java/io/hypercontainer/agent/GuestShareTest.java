// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.agent.GuestMount;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A folder of the host in containers, and single files of it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestShareTest {
    private Process server;
    private Guest guest;
    private Path shared;

    @BeforeAll
    void boot(@TempDir Path directory) throws Exception {
        shared = Files.createDirectories(directory.resolve("shared"));
        Files.writeString(shared.resolve("settings"), "from the host\n");
        Files.createDirectories(shared.resolve("folder"));
        Files.createSymbolicLink(shared.resolve("out"), Path.of("../../etc/passwd"));
        Path socket = directory.resolve("share.sock");
        server =
                new ProcessBuilder(
                                "/usr/lib/qemu/virtiofsd",
                                "--socket-path=" + socket,
                                "-o",
                                "source=" + shared)
                        .redirectErrorStream(true)
                        .start();
        GuestMachine.await(server, "Waiting for vhost-user socket connection");
        guest =
                Guest.start(
                        directory,
                        List.of(
                                "-object",
                                "memory-backend-memfd,id=shared,size=256M,share=on",
                                "-machine",
                                "memory-backend=shared",
                                "-chardev",
                                "socket,id=share,path=" + socket,
                                "-device",
                                "vhost-user-fs-pci,chardev=share,tag=data"));
    }

    @AfterAll
    void stop() {
        guest.close();
        server.destroyForcibly().onExit().join();
    }

    @Test
    void singleFilesAreMounted() throws Exception {
        guest.create(
                "box",
                new GuestMount.Bind("data", "settings", "/etc/made/settings", false),
                new GuestMount.Bind("data", "settings", "/etc/notes", true),
                new GuestMount.Bind("data", "settings", "/etc/hosts", false),
                new GuestMount.Bind("data", "", "/all", false));
        guest.sleep("box");
        assertThat(guest.run("box", "cat /etc/made/settings /etc/notes /etc/hosts"))
                .isEqualTo("from the host\n".repeat(3));
        guest.run("box", "echo from the guest >/etc/made/settings");
        assertThat(shared.resolve("settings")).hasContent("from the guest");
        assertThatThrownBy(() -> guest.run("box", "echo >/etc/notes"))
                .hasMessageContaining("Read-only");
        assertThat(guest.run("box", "cat /all/settings /etc/notes"))
                .isEqualTo("from the guest\n".repeat(2));
        // Such files and folders are among the container's, and none of its changes.
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        guest.agent().readArchive("box", "/etc/made/settings", archive);
        assertThat(archive.toString(UTF_8)).contains("from the guest");
        assertThat(guest.agent().stat("box", "/all/folder").isFolder()).isTrue();
        assertThat(guest.agent().changes("box")).isEmpty();
        // The pod's names don't take the place of a file that the user gave.
        guest.agent().setUp(Guest.setup("renamed", Map.of()));
        assertThat(guest.run("box", "cat /etc/hosts")).isEqualTo("from the guest\n");
        guest.agent().destroyContainer("box");
    }

    @Test
    void linksDoNotLeadOutOfTheShare() {
        GuestMount out = new GuestMount.Bind("data", "out", "/mnt", false);
        assertThatThrownBy(() -> guest.create("bad", out))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("out");
        assertThat(guest.agent().containers()).isEmpty();
    }
}
