// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.linux.CallFailed;
import io.hypercontainer.linux.DeviceMapper;
import io.hypercontainer.xen.MachineState.DiskState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * Block devices and parts of them, one behind the other as one device, by device-mapper. A guest
 * pays for each of its disks with memory and time to start, so the layers of an image are one.
 */
final class JoinedDisks {
    private JoinedDisks() {}

    /** {@return whether this kernel has device-mapper loaded} */
    static boolean usable() {
        return DeviceMapper.usable();
    }

    /** {@return the device that the parts of a disk are now} */
    static Path join(MachineState state, DiskState disk) throws IOException {
        var table = new ArrayList<DeviceMapper.Target>();
        var start = 0L;
        for (var part : disk.parts()) {
            var length = part.length() / Bounds.SECTOR;
            var place = part.device() + " " + part.offset() / Bounds.SECTOR;
            table.add(new DeviceMapper.Target(start, length, "linear", place));
            start += length;
        }
        try (var mapper = DeviceMapper.open()) {
            return mapper.create(name(state, disk), "", disk.readOnly(), table).node();
        }
    }

    /** Takes the device away again, noted or not, when the back end has let go of it. */
    static void separate(MachineState state, DiskState disk) throws IOException {
        var name = name(state, disk);
        try (var mapper = DeviceMapper.open()) {
            Await.until("the release of device " + name, () -> isGone(mapper, name));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static boolean isGone(DeviceMapper mapper, String name) {
        try {
            mapper.remove(name);
            return true;
        } catch (CallFailed e) {
            if (e.errno() == CallFailed.EBUSY) {
                return false;
            }
            throw new UncheckedIOException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(MachineState state, DiskState disk) {
        return "hyper-xen-" + state.uuid() + "-" + disk.id();
    }
}
