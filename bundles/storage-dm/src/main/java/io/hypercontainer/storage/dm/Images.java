// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.storage.dm.ext4.Ext4;
import io.hypercontainer.storage.dm.ext4.Metadata;
import io.hypercontainer.storage.host.KeyLocks;
import io.hypercontainer.storage.layer.Bytes;
import io.hypercontainer.storage.layer.MemoryBudget;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * File systems from which roots and volumes are made: one for each chain of layers, a snapshot of
 * the one below with the layer's changes; and, when somebody wants another size, snapshots of those
 * that were given it. They are never mounted.
 */
final class Images {
    /** Directory of the file system that is a container's root; beside it lies lost+found. */
    static final String TOP = "root";

    private static final String BLANK = "blank";
    private static final Pattern DIFF_ID = Pattern.compile("sha256:[0-9a-f]{64}");

    /** Bytes of a block group: as many blocks as a block has bits. */
    private static final long GROUP = 128 << 20;

    private final Ledger ledger;
    private final Pool pool;
    private final ThinDevices devices;
    private final Settings settings;
    private final Stop stop;
    private final MemoryBudget memory = MemoryBudget.ofHeap();
    private final KeyLocks making = new KeyLocks();

    Images(Ledger ledger, Pool pool, ThinDevices devices, Settings settings, Stop stop) {
        this.ledger = ledger;
        this.pool = pool;
        this.devices = devices;
        this.settings = settings;
        this.stop = stop;
    }

    private interface Change {
        void on(Ext4 files) throws IOException;
    }

    boolean has(List<String> chain) {
        return !chain.isEmpty() && ledger.find(Kind.IMAGE, name(chain)).isPresent();
    }

    /** Diff ids of the uppermost layers of all chains. */
    Set<String> tops() {
        var tops = new TreeSet<String>();
        for (String name : ledger.names(Kind.IMAGE)) {
            ledger.find(Kind.IMAGE, name)
                    .filter(r -> !r.layers().isEmpty())
                    .ifPresent(r -> tops.add(r.layers().getLast()));
        }
        return tops;
    }

    /** Applies a layer to what is below it. */
    void add(List<String> chain, InputStream tar, Runnable verified) {
        String name = name(chain);
        exclusively(
                name,
                () -> {
                    if (ledger.find(Kind.IMAGE, name).isPresent()) {
                        return;
                    }
                    ThinRecord below = below(chain);
                    make(
                            name,
                            below,
                            chain,
                            files -> {
                                var top = Objects.requireNonNull(files.root().find(TOP));
                                new LayerApplier(files, files.directory(top)).apply(tar);
                                verified.run();
                            });
                });
    }

    private ThinRecord below(List<String> chain) throws IOException {
        if (chain.size() == 1) {
            return empty();
        }
        List<String> below = chain.subList(0, chain.size() - 1);
        return ledger.find(Kind.IMAGE, name(below)).orElseThrow(() -> missing(below));
    }

    private static NotFound missing(List<String> chain) {
        return new NotFound("layer " + chain.getLast() + " is not here; pull its image again");
    }

    private void make(String name, ThinRecord origin, List<String> layers, Change change)
            throws IOException {
        try (var loose = ledger.begin(Optional.of(origin))) {
            Path device = devices.activate(loose.thin(), origin.bytes());
            try (var channel =
                            FileChannel.open(
                                    device, StandardOpenOption.READ, StandardOpenOption.WRITE);
                    var share = memory.share()) {
                Ext4 files = Ext4.open(channel, new PoolRoom(pool, stop), share);
                change.on(files);
                files.finish();
            }
            long mapped = pool.mapped(loose.thin());
            devices.deactivate(loose.thin());
            stop.check();
            loose.keep(Kind.IMAGE, name, origin.bytes(), layers, mapped);
        }
    }

    /** An empty file system. */
    private ThinRecord blank() throws IOException {
        if (ledger.find(Kind.IMAGE, BLANK).isEmpty()) {
            exclusively(
                    BLANK,
                    () -> {
                        if (ledger.find(Kind.IMAGE, BLANK).isEmpty()) {
                            makeBlank();
                        }
                    });
        }
        return ledger.find(Kind.IMAGE, BLANK).orElseThrow();
    }

    private void makeBlank() throws IOException {
        long bytes = settings.rootSize();
        // Each group's bitmaps lie in a block of their own.
        pool.ensureFree((bytes / GROUP + 64) * pool.block());
        try (var loose = ledger.begin(Optional.empty())) {
            BlankFileSystem.make(devices.activate(loose.thin(), bytes));
            long mapped = pool.mapped(loose.thin());
            devices.deactivate(loose.thin());
            loose.keep(Kind.IMAGE, BLANK, bytes, List.of(), mapped);
        }
    }

    /** A root without layers. */
    private ThinRecord empty() throws IOException {
        String name = name(List.of());
        if (ledger.find(Kind.IMAGE, name).isEmpty()) {
            exclusively(
                    name,
                    () -> {
                        if (ledger.find(Kind.IMAGE, name).isEmpty()) {
                            make(
                                    name,
                                    blank(),
                                    List.of(),
                                    files ->
                                            files.makeDirectory(
                                                    files.root(), TOP, Metadata.PLAIN_DIRECTORY));
                        }
                    });
        }
        return ledger.find(Kind.IMAGE, name).orElseThrow();
    }

    /** What a root of these layers and this size is a snapshot of. */
    ThinRecord ofRoot(List<String> chain, long bytes) throws IOException {
        ThinRecord image =
                chain.isEmpty()
                        ? empty()
                        : ledger.find(Kind.IMAGE, name(chain)).orElseThrow(() -> missing(chain));
        return sized(name(chain), image, bytes);
    }

    /** What a volume of this size is a snapshot of. */
    ThinRecord ofVolume(long bytes) throws IOException {
        return sized(BLANK, blank(), bytes);
    }

    private ThinRecord sized(String name, ThinRecord whole, long bytes) {
        if (bytes == whole.bytes()) {
            return whole;
        }
        String resized = name + "-" + bytes / BlankFileSystem.MIB;
        if (ledger.find(Kind.IMAGE, resized).isEmpty()) {
            exclusively(
                    resized,
                    () -> {
                        if (ledger.find(Kind.IMAGE, resized).isEmpty()) {
                            resize(resized, whole, bytes);
                        }
                    });
        }
        return ledger.find(Kind.IMAGE, resized).orElseThrow(() -> missing(List.of(resized)));
    }

    private void resize(String name, ThinRecord whole, long bytes) throws IOException {
        pool.ensureFree(whole.shared() + BlankFileSystem.resizing(bytes - whole.bytes()));
        try (var loose = ledger.begin(Optional.of(whole))) {
            Path device = devices.activate(loose.thin(), Math.max(bytes, whole.bytes()));
            try {
                BlankFileSystem.resize(device, bytes);
            } catch (IOException e) {
                if (bytes > whole.bytes()) {
                    throw e;
                }
                throw new InvalidSpec(
                        "the image does not fit into "
                                + bytes / BlankFileSystem.MIB
                                + " MiB: "
                                + e.getMessage());
            }
            long mapped = pool.mapped(loose.thin());
            devices.deactivate(loose.thin());
            loose.keep(Kind.IMAGE, name, bytes, whole.layers(), mapped);
        }
    }

    /** Forgets a chain's file systems of all sizes. Those made of them stay: they share blocks. */
    void remove(List<String> chain) throws IOException {
        String name = name(chain);
        for (String other : ledger.names(Kind.IMAGE)) {
            if (other.equals(name) || other.startsWith(name + "-")) {
                ledger.remove(Kind.IMAGE, other);
            }
        }
    }

    /** {@return chains whose uppermost layer this is} */
    Set<List<String>> endingWith(String diffId) {
        return ledger.names(Kind.IMAGE).stream()
                .flatMap(n -> ledger.find(Kind.IMAGE, n).stream())
                .map(ThinRecord::layers)
                .filter(l -> !l.isEmpty() && l.getLast().equals(diffId))
                .collect(java.util.stream.Collectors.toSet());
    }

    private interface Work {
        void run() throws IOException;
    }

    private void exclusively(String name, Work work) {
        making.exclusively(
                name,
                "make file system " + name,
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                });
    }

    private static String name(List<String> chain) {
        for (String diffId : chain) {
            if (!DIFF_ID.matcher(diffId).matches()) {
                throw new InvalidSpec("not a layer's digest: " + Bytes.show(diffId));
            }
        }
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            byte[] text = String.join(" ", chain).getBytes(StandardCharsets.UTF_8);
            return HexFormat.of().formatHex(digest.digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
