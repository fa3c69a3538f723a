// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.linux.DeviceMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All that works while the pool does. */
final class Store implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Store.class);

    private final Home home;
    private final FileChannel lock;
    private final DeviceMapper mapper;
    private final Pool pool;
    private final Ledger ledger;
    private final ThinDevices devices;
    private final Images images;
    private final PoolWatch watch;

    private Store(Home home, FileChannel lock, DeviceMapper mapper, Settings settings, Stop stop)
            throws IOException {
        this.home = home;
        this.lock = lock;
        this.mapper = mapper;
        pool = startPool(home, mapper, settings);
        ledger = Ledger.open(home, pool);
        devices = new ThinDevices(home, pool);
        images = new Images(ledger, pool, devices, settings, stop);
        watch = PoolWatch.start(pool);
    }

    /** {@return whether there is a pool, in the kernel or not} */
    static boolean exists(Home home) {
        return Files.exists(home.pool());
    }

    /** Makes a pool, or takes up the one that is there, and repairs what a crash has left. */
    static Store open(Home home, Settings settings, Stop stop) throws IOException {
        var missing = Host.missing();
        if (!missing.isEmpty()) {
            throw new Unavailable("storage driver dm: " + String.join("; ", missing));
        }
        home.make();
        FileChannel lock = lock(home.base().resolve("lock"));
        try {
            DeviceMapper mapper = DeviceMapper.open();
            try {
                return new Store(home, lock, mapper, settings, stop);
            } catch (IOException | RuntimeException e) {
                mapper.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            LOG.debug("the driver before this one still works", e);
        }
        channel.close();
        throw new Unavailable(
                "another daemon, or the driver before this one, works on the pool in "
                        + file.getParent()
                        + ": try again when it has ended");
    }

    private static Pool startPool(Home home, DeviceMapper mapper, Settings settings)
            throws IOException {
        boolean made = Files.exists(home.pool());
        PoolRecord record = made ? PoolRecord.read(home.pool()) : newRecord(settings);
        var backing = new Backing(home, record.devices());
        if (!made) {
            backing.make(settings.growth(), settings.metadata());
            mustBeBlank(backing.metadataFile());
            Records.write(home.pool(), record);
        }
        if (!backing.isThere()) {
            throw new Unavailable(
                    "pool "
                            + record.name()
                            + " has lost "
                            + backing.missing()
                            + ": bring it back, or move "
                            + home.base()
                            + " away to begin anew");
        }
        return Pool.start(mapper, record, backing, settings);
    }

    private static PoolRecord newRecord(Settings settings) {
        String id = UUID.randomUUID().toString();
        return new PoolRecord(
                PoolRecord.VERSION,
                id,
                settings.poolName().isEmpty() ? "hyper-" + id.substring(0, 8) : settings.poolName(),
                settings.block(),
                settings.devices().map(Settings.Devices::data).orElse(""),
                settings.devices().map(Settings.Devices::metadata).orElse(""),
                settings.discard());
    }

    private static void mustBeBlank(Path metadata) throws IOException {
        try (var in = Files.newInputStream(metadata)) {
            for (byte b : in.readNBytes(4096)) {
                if (b != 0) {
                    throw new Unavailable(
                            metadata
                                    + " holds something, perhaps the pool of another daemon; if not,"
                                    + " zero its first 4096 bytes");
                }
            }
        }
    }

    Home home() {
        return home;
    }

    Pool pool() {
        return pool;
    }

    Ledger ledger() {
        return ledger;
    }

    ThinDevices devices() {
        return devices;
    }

    Images images() {
        return images;
    }

    PoolWatch watch() {
        return watch;
    }

    /** Takes the pool out of the kernel if it serves nothing; it comes back when it is wanted. */
    void takeDown() throws IOException {
        watch.close();
        if (devices.active().isEmpty()) {
            pool.stop();
        }
    }

    @Override
    public void close() throws IOException {
        watch.close();
        mapper.close();
        lock.close();
    }
}
