// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** What has to be known of an ELF file to boot it. */
final class ElfKernel {
    private static final int MAGIC = 0x464c457f;
    private static final int PT_NOTE = 4;

    /** Type of the note that holds the PVH entry point (xen/include/public/elfnote.h). */
    private static final int XEN_ELFNOTE_PHYS32_ENTRY = 18;

    private ElfKernel() {}

    static boolean isElf(ByteBuffer content) {
        return content.capacity() >= 64 && little(content).getInt(0) == MAGIC;
    }

    /** {@return whether QEMU can enter it without firmware and boot loader} */
    static boolean hasPvhEntry(ByteBuffer content) {
        if (!isElf(content)) {
            return false;
        }
        try {
            var file = little(content);
            var headers = Math.toIntExact(file.getLong(0x20));
            var size = Short.toUnsignedInt(file.getShort(0x36));
            var count = Short.toUnsignedInt(file.getShort(0x38));
            for (var i = 0; i < count; i++) {
                var header = headers + i * size;
                if (file.getInt(header) == PT_NOTE) {
                    var offset = Math.toIntExact(file.getLong(header + 0x08));
                    var length = Math.toIntExact(file.getLong(header + 0x20));
                    if (hasPvhNote(file.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN))) {
                        return true;
                    }
                }
            }
            return false;
        } catch (IndexOutOfBoundsException | ArithmeticException e) {
            return false; // offsets that point outside: no kernel
        }
    }

    private static boolean hasPvhNote(ByteBuffer notes) {
        var at = 0;
        while (at + 12 <= notes.capacity()) {
            var nameLength = notes.getInt(at);
            var valueLength = notes.getInt(at + 4);
            var type = notes.getInt(at + 8);
            if (nameLength < 0 || valueLength < 0) {
                return false;
            }
            if (type == XEN_ELFNOTE_PHYS32_ENTRY && nameLength == 4) {
                var name = new byte[3];
                notes.get(at + 12, name);
                if (new String(name, StandardCharsets.US_ASCII).equals("Xen")) {
                    return true;
                }
            }
            at =
                    Math.addExact(
                            at,
                            Math.addExact(
                                    12, Math.addExact(padded(nameLength), padded(valueLength))));
        }
        return false;
    }

    private static int padded(int length) {
        return Math.addExact(length, 3) & ~3;
    }

    private static ByteBuffer little(ByteBuffer content) {
        return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
}
