// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.Share;
import io.hypercontainer.tck.kit.Census;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What of the host is shared with a guest. */
@Contract
@DisplayName("Shares")
public final class Shares {
    private Guest guest;
    private Path folder;
    private Path readOnly;

    @BeforeAll
    void boot(Kit kit) throws IOException {
        Assumptions.assumeTrue(
                kit.hypervisor().capabilities().contains(Capability.SHARE)
                        || kit.hypervisor().capabilities().contains(Capability.SHARE_FILE),
                "the driver lists neither share nor share-file");
        var files = kit.root().resolve("files");
        folder = Files.createDirectories(files.resolve("shared"));
        readOnly = Files.createDirectories(files.resolve("shared-ro"));
        Files.writeString(folder.resolve("word"), "from the host\n");
        Files.writeString(readOnly.resolve("word"), "to be read\n");
        Files.writeString(files.resolve("secret"), "not shared\n");
        Files.createSymbolicLink(folder.resolve("way-out"), files.resolve("secret"));
        Files.createSymbolicLink(folder.resolve("up"), Path.of("../secret"));
        var plan = new MachinePlan(kit, "shares");
        if (kit.hypervisor().capabilities().contains(Capability.SHARE)) {
            plan.share(new Share("folder", folder, false))
                    .share(new Share("read-only", readOnly, true));
        }
        if (kit.hypervisor().capabilities().contains(Capability.SHARE_FILE)) {
            plan.share(new Share("one-file", folder.resolve("word"), false));
        }
        guest = plan.spare(2).boot();
    }

    @AfterAll
    void end() {
        if (guest != null) {
            guest.close();
        }
    }

    /** Makes a container that has a share at {@code /host}, lets it do something, removes it. */
    private io.hypercontainer.tck.kit.Result with(
            String tag, String path, boolean mountReadOnly, String script) {
        var container = "with-" + tag;
        guest.create(
                container, guest.box(), new GuestMount.Bind(tag, path, "/host", mountReadOnly));
        try {
            return guest.runIn(container, script);
        } finally {
            guest.agent().destroyContainer(container);
        }
    }

    @Test
    @Order(1)
    @DisplayName("share: the guest sees a folder of the host, and what it writes is there")
    void folder(Kit kit) throws IOException {
        Needs.capability(kit, Capability.SHARE);

        same(
                "what the guest reads",
                "from the host",
                with("folder", "", false, "cat /host/word; echo from the guest >/host/new").ok());
        same("what the host reads", "from the guest\n", Files.readString(folder.resolve("new")));
    }

    @Test
    @Order(2)
    @DisplayName("If the guest may only read, the host sees to that")
    void readOnly(Kit kit) throws IOException {
        Needs.capability(kit, Capability.SHARE);

        var result = with("read-only", "", false, "cat /host/word; echo overwritten >/host/word");

        same("what the guest reads", "to be read", result.out().strip());
        same("the host's file", "to be read\n", Files.readString(readOnly.resolve("word")));
        that(result.exit() != 0, "the guest was told that it had written");
    }

    @Test
    @Order(3)
    @DisplayName("The guest gets nothing else of the host")
    void nothingElse(Kit kit) {
        Needs.capability(kit, Capability.SHARE);

        var result =
                with(
                        "folder",
                        "",
                        false,
                        "cat /host/way-out /host/up /host/../secret /host/../files/secret");

        that(!result.out().contains("not shared"), "the guest read a file beside the folder");
    }

    @Test
    @Order(4)
    @DisplayName("share-file: single files, and nothing beside them")
    void file(Kit kit) throws IOException {
        Needs.capability(kit, Capability.SHARE_FILE);

        var result = with("one-file", Share.FILE, false, "cat /host; echo changed >/host");

        same("what the guest reads", "from the host", result.ok());
        same("the host's file", "changed\n", Files.readString(folder.resolve("word")));
        Files.writeString(folder.resolve("word"), "from the host\n");
        var all = with("one-file", "", false, "ls -a /host");
        same("what lies in the share", ".\n..\n" + Share.FILE, all.ok());
    }

    @Test
    @Order(5)
    @DisplayName("hotplug-share: addShare shares more, removeShare takes it back")
    void hotplug(Kit kit) throws IOException {
        Needs.capability(kit, Capability.HOTPLUG_SHARE);
        Needs.capability(kit, Capability.SHARE);
        var late = Files.createDirectories(kit.root().resolve("files/late"));
        Files.writeString(late.resolve("word"), "late\n");

        for (int i = 0; i < 2; i++) {
            guest.machine().addShare(new Share("late", late, true));
            same("what the guest reads", "late", with("late", "", true, "cat /host/word").ok());
            refused(
                    "a second share 'late'",
                    () -> guest.machine().addShare(new Share("late", late, true)));
            guest.machine().removeShare("late");
            none("processes that serve it after removeShare", Census.processes(late).toList());
        }
    }

    @Test
    @Order(6)
    @DisplayName("Share.source is without symbolic links on the way: one that has some is refused")
    void links(Kit kit) throws IOException {
        Needs.capability(kit, Capability.HOTPLUG_SHARE);
        var link = kit.root().resolve("files/link");
        Files.createSymbolicLink(link, readOnly);

        refused(
                "a share of a symbolic link",
                () -> guest.machine().addShare(new Share("link", link, true)));
    }

    @Test
    @Order(20)
    @DisplayName("The end of a machine ends all that serves its shares")
    void end(Kit kit) {
        guest.machine().kill();

        for (var path : List.of(folder, readOnly)) {
            none("processes that serve " + path, Census.processes(path).toList());
        }
        Remains.nothingOf(kit, guest.machine());
    }
}
