// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The kernel's device-mapper, by the calls of its control device (Linux,
 * include/uapi/linux/dm-ioctl.h). Devices belong to the host: they stay when the process ends.
 * Neither udev nor libdevmapper is needed: a device's node is {@code /dev/dm-} and its number.
 * Methods may be called by any thread.
 */
public final class DeviceMapper implements AutoCloseable {
    /** What the kernel's device-mapper is spoken to through. */
    public static final Path CONTROL = Path.of("/dev/mapper/control");

    private final Descriptor control;

    private DeviceMapper(Descriptor control) {
        this.control = control;
    }

    /** {@return whether this kernel has device-mapper loaded and this process may use it} */
    public static boolean usable() {
        return Files.isReadable(CONTROL) && Files.isWritable(CONTROL);
    }

    /**
     * Opens it.
     *
     * @return it
     * @throws IOException if the kernel has none, or this process may not use it
     */
    public static DeviceMapper open() throws IOException {
        return new DeviceMapper(Descriptor.open(CONTROL, Descriptor.READ_WRITE));
    }

    /**
     * A version of the interface or of a target.
     *
     * @param major incompatible changes
     * @param minor additions
     * @param patch corrections
     */
    public record Version(int major, int minor, int patch) {
        @Override
        public String toString() {
            return major + "." + minor + "." + patch;
        }
    }

    /**
     * A part of a device's table.
     *
     * @param start first sector of 512 bytes on the device
     * @param length number of sectors
     * @param type name of the target that serves it, as {@code thin}
     * @param parameters the target's; of a status, what it says
     */
    public record Target(long start, long length, String type, String parameters) {}

    /**
     * A device.
     *
     * @param name its name
     * @param uuid its second, lasting name; empty if it has none
     * @param major number of device-mapper's block devices
     * @param minor its number among them
     * @param openCount how many have it open, other devices too
     * @param event how many events it has had
     * @param suspended whether its I/O waits
     * @param readOnly whether it can only be read
     * @param live whether it has a table
     */
    public record Device(
            String name,
            String uuid,
            int major,
            int minor,
            int openCount,
            int event,
            boolean suspended,
            boolean readOnly,
            boolean live) {
        /** {@return its node in {@code /dev}} */
        public Path node() {
            return Path.of("/dev/dm-" + minor);
        }

        /** {@return how tables name it} */
        public String number() {
            return major + ":" + minor;
        }
    }

    /**
     * {@return the interface's version}
     *
     * @throws IOException if the kernel refuses
     */
    public Version version() throws IOException {
        return call(new DmRequest(DmRequest.VERSION, "")).version(0);
    }

    /**
     * {@return the targets that are loaded, by name}
     *
     * @throws IOException if the kernel refuses
     */
    public Map<String, Version> targets() throws IOException {
        var targets = new TreeMap<String, Version>();
        for (DmReply.Entry entry : call(new DmRequest(DmRequest.LIST_VERSIONS, "")).entries(0)) {
            targets.put(entry.text(16), entry.version(4));
        }
        return targets;
    }

    /**
     * {@return names of all devices}
     *
     * @throws IOException if the kernel refuses
     */
    public List<String> list() throws IOException {
        var names = new ArrayList<String>();
        DmReply reply = call(new DmRequest(DmRequest.LIST_DEVICES, ""));
        if (!reply.startsWithZero()) {
            reply.entries(8).forEach(entry -> names.add(entry.text(12)));
        }
        return names;
    }

    /**
     * Looks a device up.
     *
     * @param name its name
     * @return the device, if there is one
     * @throws IOException if the kernel refuses
     */
    public Optional<Device> find(String name) throws IOException {
        try {
            return Optional.of(call(new DmRequest(DmRequest.DEV_STATUS, name)).device());
        } catch (CallFailed e) {
            if (e.errno() == CallFailed.ENXIO) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /**
     * Makes a device with a table and lets it work. If that fails, there is no device.
     *
     * @param name its name, at most 127 bytes
     * @param uuid its lasting name, at most 128 bytes, may be empty
     * @param readOnly whether it can only be read
     * @param table what it consists of
     * @return the device
     * @throws CallFailed with {@link CallFailed#EBUSY} if the name or UUID is taken
     * @throws IOException if the kernel refuses
     */
    public Device create(String name, String uuid, boolean readOnly, List<Target> table)
            throws IOException {
        call(new DmRequest(DmRequest.DEV_CREATE, name).uuid(uuid));
        try {
            load(name, readOnly, table);
            return resume(name);
        } catch (IOException e) {
            try {
                remove(name);
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    /**
     * Gives a device a table that becomes its own at the next {@link #resume}.
     *
     * @param name the device
     * @param readOnly whether it can only be read
     * @param table what it shall consist of
     * @throws IOException if the kernel refuses
     */
    public void load(String name, boolean readOnly, List<Target> table) throws IOException {
        call(new DmRequest(DmRequest.TABLE_LOAD, name).readOnly(readOnly).table(table));
    }

    /**
     * Lets I/O on a device wait, when what is under way has ended.
     *
     * @param name the device
     * @throws IOException if the kernel refuses
     */
    public void suspend(String name) throws IOException {
        call(new DmRequest(DmRequest.DEV_SUSPEND, name).suspend());
    }

    /**
     * Lets a device work, with the table that was loaded last.
     *
     * @param name the device
     * @return the device
     * @throws IOException if the kernel refuses
     */
    public Device resume(String name) throws IOException {
        return call(new DmRequest(DmRequest.DEV_SUSPEND, name)).device();
    }

    /**
     * Tells a target something.
     *
     * @param name the device
     * @param message words that the target understands
     * @throws IOException if the target or the kernel refuses
     */
    public void message(String name, String message) throws IOException {
        call(new DmRequest(DmRequest.TARGET_MSG, name).message(message));
    }

    /**
     * {@return how the targets of a device are}
     *
     * @param name the device
     * @throws IOException if the kernel refuses
     */
    public List<Target> status(String name) throws IOException {
        return call(new DmRequest(DmRequest.TABLE_STATUS, name)).targets();
    }

    /**
     * {@return the table of a device}
     *
     * @param name the device
     * @throws IOException if the kernel refuses
     */
    public List<Target> table(String name) throws IOException {
        return call(new DmRequest(DmRequest.TABLE_STATUS, name).wantTable()).targets();
    }

    /**
     * {@return the block devices, {@code major:minor}, that a device's table stands on}
     *
     * @param name the device
     * @throws IOException if the kernel refuses
     */
    public List<String> dependencies(String name) throws IOException {
        return call(new DmRequest(DmRequest.TABLE_DEPS, name)).dependencies();
    }

    /**
     * Takes a device away; does nothing if there is none.
     *
     * @param name the device
     * @throws CallFailed with {@link CallFailed#EBUSY} if something has it open
     * @throws IOException if the kernel refuses
     */
    public void remove(String name) throws IOException {
        try {
            call(new DmRequest(DmRequest.DEV_REMOVE, name));
        } catch (CallFailed e) {
            if (e.errno() != CallFailed.ENXIO) {
                throw e;
            }
        }
    }

    /**
     * From now on {@link #awaitEvent} counts; look at the devices after this, and no event is
     * missed. Counted for this object: one thread at a time.
     *
     * @throws IOException if the kernel refuses
     */
    public void arm() throws IOException {
        call(new DmRequest(DmRequest.DEV_ARM_POLL, ""));
    }

    /**
     * Waits for an event of any device, such as a pool's low-water mark. Not interruptible: the
     * thread should be one of the platform's.
     *
     * @param limit how long at most
     * @return whether there was one since {@link #arm}
     * @throws IOException if the kernel refuses
     */
    public boolean awaitEvent(Duration limit) throws IOException {
        return control.await(limit);
    }

    private DmReply call(DmRequest request) throws IOException {
        return request.send(control);
    }

    @Override
    public void close() throws IOException {
        control.close();
    }
}
