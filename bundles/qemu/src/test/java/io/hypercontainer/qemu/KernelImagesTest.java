// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.hypercontainer.api.InvalidSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelImagesTest {
    @TempDir Path folder;
    private KernelImages images;

    @BeforeEach
    void empty() {
        images = new KernelImages(folder.resolve("cache"));
    }

    @Test
    void theKernelOfTheDistributionBecomesAnElfFileThatBootsByPvh() throws Exception {
        var kernel = images.bootable(TestGuest.kernel());

        var content = ByteBuffer.wrap(Files.readAllBytes(kernel.file()));
        assertThat(ElfKernel.isElf(content)).isTrue();
        assertThat(ElfKernel.hasPvhEntry(content)).isTrue();
        assertThat(kernel.file()).isEqualTo(folder.resolve("cache").resolve(kernel.digest()));
        assertThat(new KernelImages(folder.resolve("cache")).bootable(TestGuest.kernel()))
                .isEqualTo(kernel);
        assertThat(images.bootable(kernel.file()).file()).isEqualTo(kernel.file());
    }

    @Test
    void theUsualCompressionsAreKnown() throws Exception {
        var elf = elf(true);
        for (var packed :
                new byte[][] {gzip(elf), withLength(Zstd.compress(elf), elf), bzip2(elf)}) {
            var kernel = images.bootable(file("vmlinuz" + packed.length, bzImage(packed)));
            assertThat(Files.readAllBytes(kernel.file())).isEqualTo(elf);
        }
    }

    @Test
    void aKernelThatCannotBeUnpackedOrEnteredIsBootedAsItIs() throws Exception {
        var xz = new byte[64];
        System.arraycopy(new byte[] {(byte) 0xfd, '7', 'z', 'X', 'Z', 0}, 0, xz, 0, 6);
        var file = file("xz", bzImage(xz));
        assertThat(images.bootable(file).file()).isEqualTo(file);

        var old = file("old", bzImage(gzip(elf(false))));
        assertThat(images.bootable(old).file()).isEqualTo(old);
    }

    @Test
    void whatIsNoKernelIsRefused() throws Exception {
        refused(file("text", "hello".getBytes(StandardCharsets.UTF_8)), "no Linux kernel");
        refused(file("elf", elf(false)), "PVH");
        refused(folder.resolve("missing"), "does not exist");
        refused(folder, "no regular file");
        var cut = bzImage(gzip(elf(true)));
        refused(file("cut", Arrays.copyOf(cut, cut.length - 100)), "cut off");
        var broken = bzImage(gzip(elf(true)));
        broken[broken.length - 20] ^= 0x55;
        refused(file("broken", broken), "damaged");
        var lz4 = new byte[64];
        ByteBuffer.wrap(lz4).order(ByteOrder.LITTLE_ENDIAN).putInt(0x184c2102).putInt(1 << 30);
        refused(file("lz4", bzImage(lz4)), "damaged");
    }

    @Test
    void theCacheForgetsTheOldest() throws Exception {
        for (var i = 0; i < 12; i++) {
            var elf = elf(true);
            elf[elf.length - 1] = (byte) i;
            images.bootable(file("k" + i, bzImage(gzip(elf))));
        }

        try (var kept = Files.list(folder.resolve("cache"))) {
            assertThat(kept).hasSize(8);
        }
        assertThat(images.bootable(folder.resolve("k0")).file()).exists();
    }

    private void refused(Path kernel, String why) {
        assertThatThrownBy(() -> images.bootable(kernel))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(kernel.toString())
                .hasMessageContaining(why);
    }

    private Path file(String name, byte[] content) throws IOException {
        return Files.write(folder.resolve(name), content);
    }

    /** The smallest ELF file with (or without) the note that QEMU looks for. */
    private static byte[] elf(boolean pvh) {
        var elf = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).putLong(0x20, 64).putShort(0x36, (short) 56);
        elf.putShort(0x38, (short) 1).putInt(64, 4).putLong(64 + 8, 120).putLong(64 + 32, 20);
        elf.putInt(120, 4).putInt(124, 4).putInt(128, pvh ? 18 : 17);
        elf.put(132, new byte[] {'X', 'e', 'n', 0}).putInt(136, 0x1000000);
        return elf.array();
    }

    private static byte[] bzImage(byte[] payload) {
        var image = ByteBuffer.allocate(2048 + payload.length).order(ByteOrder.LITTLE_ENDIAN);
        image.put(0x1f1, (byte) 1).putInt(0x202, 0x53726448).putShort(0x206, (short) 0x20f);
        image.putInt(0x248, 1024).putInt(0x24c, payload.length).put(2048, payload);
        return image.array();
    }

    private static byte[] gzip(byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }

    private static byte[] bzip2(byte[] content) throws IOException {
        var out = new ByteArrayOutputStream();
        try (var bzip2 = new BZip2CompressorOutputStream(out)) {
            bzip2.write(content);
        }
        return withLength(out.toByteArray(), content);
    }

    private static byte[] withLength(byte[] packed, byte[] content) {
        return ByteBuffer.allocate(packed.length + 4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(packed)
                .putInt(content.length)
                .array();
    }
}
