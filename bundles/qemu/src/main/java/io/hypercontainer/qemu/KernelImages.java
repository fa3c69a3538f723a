// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps kernels in the form that boots fastest: the ELF file that a {@code vmlinuz} holds
 * compressed. Entered through PVH it needs no decompressor inside the guest, which costs a second
 * without hardware virtualization. A kernel that holds no such file boots as it is.
 */
final class KernelImages {
    private static final Logger LOG = LoggerFactory.getLogger(KernelImages.class);
    private static final int KEPT = 8;
    private static final long MAX_KERNEL = 256L << 20;

    /**
     * A kernel ready to boot.
     *
     * @param file what QEMU gets
     * @param digest SHA-256 of the file that the user gave
     */
    record Kernel(Path file, String digest) {}

    private record Source(Path file, long size, FileTime modified) {}

    private final Path folder;
    // Digests of kernels seen, because hashing 14 MB takes longer than all else before a boot.
    private final Map<Source, Kernel> known = new ConcurrentHashMap<>();

    KernelImages(Path folder) {
        this.folder = folder;
    }

    Kernel bootable(Path kernel) {
        try {
            var attributes = Files.readAttributes(kernel, BasicFileAttributes.class);
            if (!attributes.isRegularFile() || attributes.size() > MAX_KERNEL) {
                throw new InvalidSpec(
                        "kernel %s is no regular file of at most %d MiB"
                                .formatted(kernel, MAX_KERNEL >> 20));
            }
            var source = new Source(kernel, attributes.size(), attributes.lastModifiedTime());
            var before = known.get(source);
            if (before != null && Files.exists(before.file())) {
                return before;
            }
            synchronized (this) {
                var made = prepare(kernel);
                known.keySet().removeIf(s -> s.file().equals(kernel));
                known.put(source, made);
                return made;
            }
        } catch (java.nio.file.NoSuchFileException e) {
            throw new InvalidSpec("kernel " + kernel + " does not exist", e);
        } catch (IOException e) {
            throw new DriverFailure("cannot prepare kernel " + kernel + ": " + e.getMessage(), e);
        }
    }

    /** Files are mapped, not read: a kernel is larger than all else that the daemon holds. */
    private Kernel prepare(Path kernel) throws IOException {
        try (var mapping = Arena.ofConfined()) {
            var content = map(kernel, mapping);
            var digest = sha256(content);
            if (ElfKernel.isElf(content)) {
                if (!ElfKernel.hasPvhEntry(content)) {
                    throw new InvalidSpec(
                            ("kernel %s is an ELF file without a PVH entry; give the vmlinuz of"
                                            + " the distribution or one built with CONFIG_PVH=y")
                                    .formatted(kernel));
                }
                return new Kernel(kernel, digest);
            }
            var cached = folder.resolve(digest);
            if (Files.exists(cached)) {
                Files.setLastModifiedTime(cached, FileTime.from(Instant.now()));
                return new Kernel(cached, digest);
            }
            if (!extract(CompressedKernel.of(kernel, content), cached)) {
                LOG.warn(
                        "Kernel {} holds no ELF file with a PVH entry; it boots more slowly",
                        kernel);
                return new Kernel(kernel, digest);
            }
            forgetOldest();
            return new Kernel(cached, digest);
        }
    }

    private boolean extract(CompressedKernel kernel, Path target) throws IOException {
        Files.createDirectories(folder);
        var temporary = folder.resolve(target.getFileName() + ".tmp");
        try {
            try (var file = new FileOutputStream(temporary.toFile());
                    var out = new BufferedOutputStream(file, 1 << 16)) {
                if (!kernel.extract(out)) {
                    return false;
                }
                out.flush();
                file.getFD().sync();
            }
            try (var mapping = Arena.ofConfined()) {
                if (!ElfKernel.hasPvhEntry(map(temporary, mapping))) {
                    return false;
                }
            }
            // Machines read it as users of their own.
            Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static ByteBuffer map(Path file, Arena mapping) throws IOException {
        try (var channel = FileChannel.open(file)) {
            var size = channel.size();
            if (size > Integer.MAX_VALUE) {
                throw new InvalidSpec(file + " is too large for a kernel");
            }
            return channel.map(FileChannel.MapMode.READ_ONLY, 0, size, mapping).asByteBuffer();
        }
    }

    /** QEMU has read a kernel before its guest runs, so even one in use may go. */
    private void forgetOldest() throws IOException {
        try (var files = Files.list(folder)) {
            var newestFirst =
                    files.sorted(Comparator.comparing(KernelImages::modified).reversed()).toList();
            for (var old :
                    newestFirst.subList(Math.min(KEPT, newestFirst.size()), newestFirst.size())) {
                Files.deleteIfExists(old);
            }
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(ByteBuffer content) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest.update(content.duplicate());
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
