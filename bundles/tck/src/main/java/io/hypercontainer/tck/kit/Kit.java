// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;
import io.hypercontainer.api.hypervisor.VmRecord;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.storage.StorageDriver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the checks of a run share: the daemon, its state folder and what was there before. */
public final class Kit implements AutoCloseable {
    private final Setup setup;
    private final Path root;
    private final Census before;
    private final Map<String, VmRecord> machines = new ConcurrentHashMap<>();
    private final Set<Guest> guests = ConcurrentHashMap.newKeySet();
    private final AtomicInteger last = new AtomicInteger();
    private Daemon daemon;

    private Kit(Setup setup, Path root) {
        this.setup = setup;
        this.root = root;
        before = Census.take(root);
        daemon = Daemon.start(setup, root);
    }

    /** Makes a state folder and starts a daemon on it. */
    static Kit begin(Setup setup) {
        var root = Folders.makeRoot();
        try {
            return new Kit(setup, root);
        } catch (RuntimeException e) {
            Folders.delete(root);
            throw e;
        }
    }

    /** Starts a daemon on the state folder of an earlier one. */
    static Kit goOn(Setup setup, Path root) {
        return new Kit(setup, root);
    }

    /** {@return a kit on a state folder of its own, for what must not touch the other checks} */
    public Kit another() {
        return begin(setup);
    }

    /** {@return what is checked} */
    public Setup setup() {
        return setup;
    }

    /** {@return the daemon's state folder} */
    public Path root() {
        return root;
    }

    /** {@return the folder that the driver may use} */
    public Path home() {
        return root.resolve(driver().name());
    }

    /** {@return what was on the host before the driver came} */
    public Census before() {
        return before;
    }

    /** {@return the daemon} */
    public Daemon daemon() {
        return daemon;
    }

    /** {@return the driver that is checked} */
    public Driver driver() {
        return daemon.driver();
    }

    /** {@return the hypervisor that is checked, or with which another driver is} */
    public Hypervisor hypervisor() {
        return daemon.driver(Hypervisor.class);
    }

    /** {@return the storage driver that is checked, or with which another driver is} */
    public StorageDriver storage() {
        return daemon.driver(StorageDriver.class);
    }

    /** {@return the network driver that is checked, or with which another driver is} */
    public NetworkDriver network() {
        return daemon.driver(NetworkDriver.class);
    }

    /** Ends the daemon, and starts another on the same folder. */
    public void restart() {
        restart(() -> {});
    }

    /** Ends the daemon and does something before another starts on the same folder. */
    public void restart(Runnable between) {
        guests.forEach(Guest::disconnect);
        daemon.close();
        try {
            between.run();
        } finally {
            daemon = Daemon.start(setup, root);
        }
    }

    /** Guests are connected to through the daemon, and only while it lives. */
    void opened(Guest guest) {
        guests.add(guest);
    }

    void closed(Guest guest) {
        guests.remove(guest);
    }

    /** Stops the driver's bundle and starts it again, as an update does. */
    public void restartDriver() {
        daemon.stopDriver();
        daemon.startDriver();
    }

    /** {@return an id that nothing has had yet} */
    public String newId(String what) {
        return "%s-%d-%s"
                .formatted(
                        what,
                        last.incrementAndGet(),
                        root.getFileName().toString().replaceAll("\\D", "").substring(0, 4));
    }

    /** {@return the folder of a machine} */
    public Path folder(String machine) {
        return root.resolve("vms").resolve(machine);
    }

    /** {@return the folder, which exists and is empty} */
    public Path makeFolder(String machine) {
        return Folders.make(folder(machine));
    }

    /** {@return what guests boot} */
    public Boot boot(List<String> arguments) {
        return new Boot(setup.kernel(), setup.initrd(), arguments);
    }

    /** Starts a machine; if the checks forget to end it, the kit does. */
    public VirtualMachine launch(VmSpec spec) {
        return launched(hypervisor().launch(spec));
    }

    VirtualMachine launched(VirtualMachine machine) {
        var record = machine.record();
        machines.put(record.id(), record);
        return machine;
    }

    /** Ends a machine, if it lives, and removes its folder, as the runtime does. */
    public void end(VirtualMachine machine) {
        machine.kill();
        machines.remove(machine.record().id());
        Folders.delete(machine.record().directory());
    }

    /** {@return a new file with this content} */
    public Path file(String name, byte[] content) {
        try {
            var folder = Folders.make(root.resolve("files"));
            return Files.write(folder.resolve(newId(name)), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the daemon; its folder stays. */
    void stop() {
        daemon.close();
    }

    @Override
    public void close() {
        try {
            for (var record : new ArrayList<>(machines.values())) {
                hypervisor().adopt(record).ifPresent(VirtualMachine::kill);
            }
        } finally {
            daemon.close();
            Folders.delete(root);
        }
    }
}
