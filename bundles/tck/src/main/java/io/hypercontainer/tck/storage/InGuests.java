// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.storage;

import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.agent.GuestMount;
import io.hypercontainer.api.agent.GuestRoot;
import io.hypercontainer.api.storage.Layer;
import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.Layers;
import io.hypercontainer.tck.kit.MachinePlan;
import io.hypercontainer.tck.kit.Tar;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** What guests see of what the driver delivers. */
@Contract
@DisplayName("In a guest")
public final class InGuests {
    private static final String CONTAINER = "in-guests";
    private static final String VOLUME = "in-guests";
    private List<Layer> layers = List.of();
    private Volume volume;
    private Guest guest;

    @BeforeAll
    void boot(Kit kit) {
        var storage = kit.storage();
        var first = Layers.take(storage, Layers.busybox(kit.setup().image()));
        var second =
                Layers.take(
                        storage,
                        List.of(first),
                        new Tar()
                                .folder("tck")
                                .file("tck/below", 0640, 1234, "below".getBytes(charset()))
                                .file("tck/deleted", "it will be")
                                .file("tck/replaced", "old")
                                .folder("tck/opaque")
                                .file("tck/opaque/hidden", "x")
                                .link("tck/link", "below")
                                .hardLink("tck/second-name", "tck/below")
                                .file(
                                        "tck/run",
                                        04755,
                                        0,
                                        "#!/bin/sh\necho ran\n".getBytes(charset()))
                                .bytes());
        var third =
                Layers.take(
                        storage,
                        List.of(first, second),
                        new Tar()
                                .folder("tck")
                                .file("tck/.wh.deleted", "")
                                .file("tck/replaced", "new")
                                .folder("tck/opaque")
                                .file("tck/opaque/.wh..wh..opq", "")
                                .file("tck/opaque/shown", "y")
                                .bytes());
        layers = List.of(first, second, third);
        storage.prepareRoot(StorageRoots.spec(storage, CONTAINER, false, first, second, third));
        volume = storage.createVolume(new VolumeSpec(VOLUME, StorageRoots.SIZE, Map.of()));
        boot(kit, "first");
    }

    private static java.nio.charset.Charset charset() {
        return java.nio.charset.StandardCharsets.UTF_8;
    }

    private void boot(Kit kit, String what) {
        var plan = new MachinePlan(kit, what);
        GuestRoot root = plan.root("root", kit.storage().root(CONTAINER).orElseThrow());
        plan.disk(MachinePlan.disk("volume", volume.disk(), false));
        guest = plan.bootEmpty();
        guest.create(
                Guest.BOX,
                root,
                new GuestMount.Volume("volume", volume.disk().type(), "/volume", false, false));
    }

    @AfterAll
    void end(Kit kit) {
        if (guest != null) {
            guest.close();
        }
        kit.storage().removeVolume(VOLUME);
        kit.storage().releaseRoot(CONTAINER);
        layers.reversed().forEach(kit.storage()::removeLayer);
    }

    @Test
    @Order(1)
    @DisplayName("Files of layers have their content, owner, mode and links")
    void files() {
        same("a file's content", "below", guest.run("cat /tck/below").ok());
        same("its rights", "640 1234 1234", guest.run("stat -c '%a %u %g' /tck/below").ok());
        same("a link", "below", guest.run("readlink /tck/link").ok());
        same("names of a file", "2", guest.run("stat -c %h /tck/below").ok());
        same("a program", "ran", guest.run("/tck/run").ok());
        same("its mode", "4755", guest.run("stat -c %a /tck/run").ok());
    }

    @Test
    @Order(2)
    @DisplayName("Higher layers replace, delete (whiteouts) and hide (opaque) what is below")
    void stacked() {
        same("a replaced file", "new", guest.run("cat /tck/replaced").ok());
        that(guest.run("ls /tck/deleted").exit() != 0, "a deleted file is there");
        same("an opaque folder", "shown", guest.run("ls /tck/opaque").ok());
        same("whiteouts", "", guest.run("find /tck -name '.wh.*'").ok());
    }

    @Test
    @Order(3)
    @DisplayName("RootSpec.sizeBytes: the most that may be written")
    void size() {
        var kib = Long.parseLong(guest.run("df -k / | tail -n 1 | awk '{print $2}'").ok());

        that(
                kib * 1024 <= StorageRoots.SIZE && kib * 1024 > StorageRoots.SIZE / 2,
                "%d bytes were asked for, and the guest has %d",
                StorageRoots.SIZE,
                kib * 1024);
    }

    @Test
    @Order(4)
    @DisplayName("A volume is empty, takes what is written, and has its size")
    void volume() {
        same("files in a new volume", "", guest.run("ls -A /volume | grep -v lost+found").out());
        same("writing", 0, guest.run("echo kept >/volume/file && sync").exit());
        var kib = Long.parseLong(guest.run("df -k /volume | tail -n 1 | awk '{print $2}'").ok());
        that(
                kib * 1024 > StorageRoots.SIZE / 2,
                "%d bytes were asked for, and the guest has %d",
                StorageRoots.SIZE,
                kib * 1024);
    }

    @Test
    @Order(5)
    @DisplayName("What a container and a volume have is there in the next machine, after a restart")
    void kept(Kit kit) {
        guest.run("echo changed >/tck/replaced; rm /tck/below; echo new >/tck/new; sync").ok();
        guest.powerOff();
        var _ = guest.machine().waitForExit(io.hypercontainer.tck.kit.Await.LONG).orElseThrow();
        guest.close();
        kit.restart();
        boot(kit, "second");

        same("a changed file", "changed", guest.run("cat /tck/replaced").ok());
        same("a new file", "new", guest.run("cat /tck/new").ok());
        that(guest.run("ls /tck/below").exit() != 0, "a deleted file is there again");
        same("a file in the volume", "kept", guest.run("cat /volume/file").ok());
    }
}
