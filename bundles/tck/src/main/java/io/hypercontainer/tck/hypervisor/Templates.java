// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import static io.hypercontainer.tck.kit.Expect.none;
import static io.hypercontainer.tck.kit.Expect.refused;
import static io.hypercontainer.tck.kit.Expect.same;
import static io.hypercontainer.tck.kit.Expect.that;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.hypervisor.Capability;
import io.hypercontainer.api.hypervisor.VmState;
import io.hypercontainer.tck.kit.Await;
import io.hypercontainer.tck.kit.Census;
import io.hypercontainer.tck.kit.Contract;
import io.hypercontainer.tck.kit.Folders;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import io.hypercontainer.tck.kit.MachinePlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Machines that are saved when they have booted, and cloned. */
@Contract
@DisplayName("Templates")
public final class Templates {
    private Path template;
    private Path folderOfSaved;

    @BeforeAll
    void save(Kit kit) throws IOException {
        Needs.capability(kit, Capability.TEMPLATE);
        template = Files.createDirectories(kit.root().resolve("files/template"));
        // Only kind and number of the disks count: these are not there.
        var missing = kit.root().resolve("files/no-such-disk");
        var spec =
                new MachinePlan(kit, "saved")
                        .disk(MachinePlan.disk("data", missing, RawDisk.LENGTH, false))
                        .withBox()
                        .spec();
        folderOfSaved = spec.directory();
        var machine = kit.hypervisor().launchTemplate(spec);
        kit.daemon().agents().connect(machine.record().agent(), Await.LONG).close();
        machine.saveTemplate(template);
        same("the state of the saved machine", VmState.ENDED, machine.state());
        kit.end(machine);
    }

    @AfterAll
    void forget(Kit kit) {
        if (template != null) {
            kit.hypervisor().forgetTemplate(template);
        }
    }

    private Guest clone(Kit kit, RawDisk disk) {
        return new MachinePlan(kit, "clone")
                .disk(disk.disk("data", false))
                .boot(spec -> kit.hypervisor().clone(template, spec));
    }

    @Test
    @Order(1)
    @DisplayName("saveTemplate: what is saved is in the folder, and nothing of the machine is left")
    void saved() {
        that(!Folders.list(template, _ -> true).isEmpty(), "the folder is empty");
        none("processes of the saved machine", Census.processes(folderOfSaved).toList());
    }

    @Test
    @Order(2)
    @DisplayName("templateKey: id, folder, names and addresses make no difference; sizes do")
    void key(Kit kit) {
        var hypervisor = kit.hypervisor();
        var one = new MachinePlan(kit, "one").withBox().spec();
        var two = new MachinePlan(kit, "two").withBox().spec();
        var more = new MachinePlan(kit, "more").withBox().memory(MachinePlan.MEMORY * 2).spec();
        var key = hypervisor.templateKey(one);

        same("the key of another machine of that kind", key, hypervisor.templateKey(two));
        that(!key.equals(hypervisor.templateKey(more)), "twice the memory has the same key");
        for (var spec : java.util.List.of(one, two, more)) {
            none("in the folder of the machine", Folders.list(spec.directory(), _ -> true));
            Folders.delete(spec.directory());
        }
    }

    @Test
    @Order(3)
    @DisplayName("clone: the guest goes on where it was saved, with disks of the clone's own")
    void clones(Kit kit) {
        var first = RawDisk.make(kit);
        var second = RawDisk.make(kit);
        try (var one = clone(kit, first);
                var two = clone(kit, second)) {
            same("the state of the clone", VmState.RUNNING, one.machine().state());
            same("the exit code of the writer", 0, first.write(one, "of the first"));
            same("the exit code of the writer", 0, second.write(two, "of the other"));
            same("the first one's file", "of the first", first.written(12));
            same("the other one's file", "of the other", second.written(12));
            one.machine().kill();
            same("the other guest", "0", two.run("echo 0").ok());
            Remains.nothingOf(kit, one.machine());
        }
    }

    @Test
    @Order(4)
    @DisplayName("A clone is adopted as any other machine; a template outlives the driver")
    void adopted(Kit kit) {
        try (var clone = clone(kit, RawDisk.make(kit))) {
            kit.restartDriver();
            clone.adopt();
            same("the guest", "0", clone.run("echo 0").ok());
        }
        try (var clone = clone(kit, RawDisk.make(kit))) {
            same("the guest of a later clone", "0", clone.run("echo 0").ok());
        }
    }

    @Test
    @Order(5)
    @DisplayName("clone: DriverFailure if the template is of another key; nothing is left")
    void otherKey(Kit kit) {
        var spec = new MachinePlan(kit, "bigger").memory(MachinePlan.MEMORY * 2).withBox().spec();

        refused(
                "a clone with more memory",
                () -> kit.end(kit.hypervisor().clone(template, spec)),
                DriverFailure.class);

        Remains.nothingOf(kit, spec.id(), spec.directory());
        Folders.delete(spec.directory());
    }

    @Test
    @Order(6)
    @DisplayName("assign: a clone made ahead becomes another machine, with that one's disks")
    void assigned(Kit kit) {
        Needs.capability(kit, Capability.SPARE);
        var first = RawDisk.make(kit);
        var own = RawDisk.make(kit);
        var spec = new MachinePlan(kit, "spare").disk(first.disk("data", false)).withBox().spec();
        var spare = kit.hypervisor().clone(template, spec);

        try (var guest =
                new MachinePlan(kit, "assigned")
                        .disk(own.disk("data", false))
                        .boot(wanted -> kit.hypervisor().assign(spare, wanted))) {
            Folders.delete(spec.directory());
            same("the exit code of the writer", 0, own.write(guest, "its own"));
            same("the file of the new disk", "its own", own.written(7));
            same("the file of the spare's disk", "\0".repeat(7), first.written(7));
            kit.restartDriver();
            guest.adopt();
            same("the guest after its adoption", "0", guest.run("echo 0").ok());
            guest.machine().kill();
            Remains.nothingOf(kit, guest.machine());
        } finally {
            spare.kill();
        }
        Remains.nothingOf(kit, spec.id(), spec.directory());
    }

    @Test
    @Order(7)
    @DisplayName("assign: refused if the disks are others; the spare has ended, nothing is left")
    void notAssigned(Kit kit) {
        Needs.capability(kit, Capability.SPARE);
        var spec =
                new MachinePlan(kit, "spare")
                        .disk(RawDisk.make(kit).disk("data", false))
                        .withBox()
                        .spec();
        var spare = kit.hypervisor().clone(template, spec);
        var other = new MachinePlan(kit, "other").withBox().spec();

        try {
            refused(
                    "a machine without the disk",
                    () -> kit.end(kit.hypervisor().assign(spare, other)),
                    HyperException.class);
            same("the state of the spare", VmState.ENDED, spare.state());
        } finally {
            spare.kill();
        }
        for (var folder : java.util.List.of(spec.directory(), other.directory())) {
            Remains.nothingOf(kit, "spare", folder);
            Folders.delete(folder);
        }
    }

    @Test
    @Order(8)
    @DisplayName("prepareTemplate and forgetTemplate: nothing is kept of a template afterwards")
    void forgets(Kit kit) {
        kit.hypervisor().prepareTemplate(template);
        try (var clone = clone(kit, RawDisk.make(kit))) {
            kit.hypervisor().forgetTemplate(template);
            same("a clone that lives on", "0", clone.run("echo 0").ok());
        }
        kit.hypervisor().forgetTemplate(template);

        none("processes with the template", Census.processes(template).toList());
    }

    @Test
    @Order(9)
    @DisplayName("clone: DriverFailure if the template is damaged; nothing is left")
    void damaged(Kit kit) throws IOException {
        for (var file : Folders.list(template, _ -> true)) {
            Files.write(template.resolve(file), new byte[0]);
        }
        var spec =
                new MachinePlan(kit, "damaged")
                        .disk(RawDisk.make(kit).disk("data", false))
                        .withBox()
                        .spec();

        refused(
                "a clone of a damaged template",
                () -> kit.end(kit.hypervisor().clone(template, spec)),
                DriverFailure.class);

        Remains.nothingOf(kit, spec.id(), spec.directory());
        Folders.delete(spec.directory());
    }
}
