// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.linux.CallFailed;
import io.hypercontainer.linux.DeviceMapper;
import io.hypercontainer.linux.DeviceMapper.Device;
import io.hypercontainer.linux.DeviceMapper.Target;
import io.hypercontainer.linux.LoopDevices;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool in the kernel. */
final class Pool {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);
    private static final int SECTOR = 512;

    /** What its lasting name in device-mapper begins with. */
    private static final String UUID_PREFIX = "HYPERCONTAINER-";

    private final DeviceMapper mapper;
    private final PoolRecord record;
    private final Backing backing;
    private final Settings settings;
    private final String number;

    private Pool(
            DeviceMapper mapper,
            PoolRecord record,
            Backing backing,
            Settings settings,
            String number) {
        this.mapper = mapper;
        this.record = record;
        this.backing = backing;
        this.settings = settings;
        this.number = number;
    }

    /**
     * Takes up the pool that an earlier daemon has left in the kernel, or lets it work again.
     *
     * @throws Unavailable if its name or its devices are somebody else's
     */
    static Pool start(DeviceMapper mapper, PoolRecord record, Backing backing, Settings settings)
            throws IOException {
        Optional<Device> present = mapper.find(record.name());
        if (present.isPresent() && !present.get().uuid().equals(uuid(record))) {
            throw new Unavailable(
                    "device-mapper has a device "
                            + record.name()
                            + " that is not this daemon's pool: give another poolName to"
                            + " hyper.storage.dm");
        }
        if (present.isPresent() && !present.get().live()) {
            mapper.remove(record.name()); // a crash has cut its making off
            present = Optional.empty();
        }
        Device device =
                present.isPresent() ? present.get() : create(mapper, record, backing, settings);
        return new Pool(mapper, record, backing, settings, device.number());
    }

    private static Device create(
            DeviceMapper mapper, PoolRecord record, Backing backing, Settings settings)
            throws IOException {
        try {
            return mapper.create(
                    record.name(), uuid(record), false, table(record, backing, settings));
        } catch (CallFailed e) {
            backing.detach();
            if (e.errno() == CallFailed.EBUSY) {
                throw new Unavailable(
                        "the devices of pool "
                                + record.name()
                                + " are in use: another daemon may have them",
                        e);
            }
            throw e;
        }
    }

    private static String uuid(PoolRecord record) {
        return UUID_PREFIX + record.id();
    }

    private static List<Target> table(PoolRecord record, Backing backing, Settings settings)
            throws IOException {
        Path data = backing.data();
        long blocks = Backing.length(data) / record.block();
        String parameters =
                String.join(
                        " ",
                        backing.metadata().toString(),
                        data.toString(),
                        Long.toString(record.block() / SECTOR),
                        Long.toString(settings.lowWater() / record.block()),
                        record.discard() ? "0" : "1 no_discard_passdown");
        return List.of(new Target(0, blocks * record.block() / SECTOR, "thin-pool", parameters));
    }

    String name() {
        return record.name();
    }

    long block() {
        return record.block();
    }

    PoolStatus status() throws IOException {
        return PoolStatus.parse(mapper.status(record.name()).getFirst().parameters());
    }

    void createThin(int id) throws IOException {
        mapper.message(record.name(), "create_thin " + id);
    }

    /** The origin is not active, so nothing needs to wait. */
    void createSnapshot(int id, int origin) throws IOException {
        mapper.message(record.name(), "create_snap " + id + " " + origin);
    }

    /** Does nothing if there is none. */
    void delete(int id) throws IOException {
        try {
            mapper.message(record.name(), "delete " + id);
        } catch (CallFailed e) {
            if (e.errno() != CallFailed.ENODATA) {
                throw e;
            }
        }
    }

    void setTransaction(long from, long to) throws IOException {
        mapper.message(record.name(), "set_transaction_id " + from + " " + to);
    }

    /** {@return what a thin device is called in device-mapper} */
    String deviceName(int id) {
        return record.name() + "-" + id;
    }

    /** {@return ids of the thin devices of this pool that are active} */
    List<Integer> active() throws IOException {
        String prefix = record.name() + "-";
        return mapper.list().stream()
                .filter(n -> n.startsWith(prefix))
                .map(n -> n.substring(prefix.length()))
                .filter(n -> n.matches("[0-9]{1,8}"))
                .map(Integer::valueOf)
                .toList();
    }

    Device activate(int id, long bytes) throws IOException {
        Optional<Device> present = mapper.find(deviceName(id));
        if (present.isPresent() && present.get().live()) {
            return present.get();
        }
        mapper.remove(deviceName(id));
        return mapper.create(
                deviceName(id),
                uuid(record) + "-" + id,
                false,
                List.of(new Target(0, bytes / SECTOR, "thin", number + " " + id)));
    }

    void deactivate(int id) throws IOException {
        mapper.remove(deviceName(id));
    }

    /** {@return bytes that an active thin device has, shared or not} */
    long mapped(int id) throws IOException {
        String status = mapper.status(deviceName(id)).getFirst().parameters();
        String first = status.split(" ")[0];
        return first.matches("[0-9]+") ? Long.parseLong(first) * SECTOR : 0;
    }

    /**
     * Makes sure that so much can be written now.
     *
     * @throws Unavailable if there is no room and none can be made
     */
    synchronized void ensureFree(long bytes) throws IOException {
        PoolStatus status = status();
        if (status.mode().equals("ro") || status.needsCheck()) {
            throw new Unavailable(
                    "pool "
                            + record.name()
                            + " is "
                            + status.trouble().orElse("read-only")
                            + ": see docs/storage-dm.md, \"When the pool is full\"");
        }
        if (status.metadataRunsShort()) {
            try {
                growMetadata();
            } catch (Unavailable e) {
                // A quarter is left; the watch tells of it.
                LOG.debug("the metadata of pool {} run short", record.name(), e);
            }
        }
        long free = status.free() * record.block();
        if (free < bytes) {
            growData(status, bytes - free);
        }
    }

    /** To be asked when the low-water mark is reached. */
    synchronized void growIfShort() throws IOException {
        PoolStatus status = status();
        if (status.free() * record.block() <= settings.lowWater()) {
            growData(status, record.block());
        }
        if (status.metadataRunsShort()) {
            growMetadata();
        }
    }

    private void growData(PoolStatus status, long least) throws IOException {
        long before = status.total() * record.block();
        if (backing.isFiles()) {
            growFile(before, least);
        }
        if (reload() <= before) {
            throw new Unavailable(
                    "pool "
                            + record.name()
                            + " is full, and its device for data has not grown: remove unused"
                            + " images, containers or volumes, or enlarge the device");
        }
    }

    /** By less than it should, if the disk has no more. */
    private void growFile(long before, long least) throws IOException {
        for (long more = Math.max(least, settings.growth()); ; more = Math.max(least, more / 2)) {
            try {
                backing.growData(roundedUp(before + more));
                return;
            } catch (Unavailable e) {
                if (more == least) {
                    throw e;
                }
            }
        }
    }

    private long roundedUp(long bytes) {
        return (bytes + record.block() - 1) / record.block() * record.block();
    }

    private void growMetadata() throws IOException {
        if (!backing.isFiles()) {
            throw new Unavailable(
                    "the metadata of pool "
                            + record.name()
                            + " run short: enlarge its device for metadata, or remove unused"
                            + " images, containers or volumes");
        }
        backing.growMetadata();
        var _ = reload();
    }

    /** {@return its size now} */
    private long reload() throws IOException {
        List<Target> table = table(record, backing, settings);
        mapper.load(record.name(), false, table);
        mapper.resume(record.name());
        LOG.info("pool {} now has {} MiB", record.name(), table.getFirst().length() / 2048);
        return table.getFirst().length() * SECTOR;
    }

    /** Takes it out of the kernel, with its loop devices. Fails if it is in use. */
    void stop() throws IOException {
        // By number: their files may have been renamed or removed.
        List<String> below = mapper.dependencies(record.name());
        mapper.remove(record.name());
        if (backing.isFiles()) {
            for (String number : below) {
                LoopDevices.detach(LoopDevices.numbered(number));
            }
        }
    }
}
