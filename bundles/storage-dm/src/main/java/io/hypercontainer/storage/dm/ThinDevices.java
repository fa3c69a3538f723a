// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.linux.DeviceMapper.Device;
import io.hypercontainer.linux.DeviceNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Active thin devices, and names for them in a folder of the driver's, which stay the same whatever
 * numbers the kernel gives, and whose owner can be changed without udev minding.
 */
final class ThinDevices {
    private final Home home;
    private final Pool pool;

    ThinDevices(Home home, Pool pool) {
        this.home = home;
        this.pool = pool;
    }

    Path path(int thin) {
        return home.devices().resolve(Integer.toString(thin));
    }

    /** Makes a device usable, if it is not. */
    synchronized Path activate(int thin, long bytes) throws IOException {
        Device device = pool.activate(thin, bytes);
        Path path = path(thin);
        if (!leadsTo(path, device)) {
            Files.deleteIfExists(path);
            DeviceNode.makeBlock(path, device.major(), device.minor());
        }
        return path;
    }

    private static boolean leadsTo(Path path, Device device) throws IOException {
        try {
            var number = (Integer) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
            var rdev = (Long) Files.getAttribute(path, "unix:rdev", LinkOption.NOFOLLOW_LINKS);
            long minor = (rdev & 0xff) | ((rdev >> 12) & ~0xffL);
            return (number & 0170000) == 0060000
                    && ((rdev >> 8) & 0xfff) == device.major()
                    && minor == device.minor();
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    synchronized void deactivate(int thin) throws IOException {
        pool.deactivate(thin);
        Files.deleteIfExists(path(thin));
    }

    /** {@return ids of those that are active} */
    List<Integer> active() throws IOException {
        return pool.active();
    }
}
