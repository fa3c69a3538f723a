// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import io.hypercontainer.api.hypervisor.Disk;
import io.hypercontainer.api.hypervisor.Extent;
import io.hypercontainer.tck.kit.Guest;
import io.hypercontainer.tck.kit.Kit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A disk without a file system that guests know by the word at its beginning: so nothing is said
 * about how a hypervisor names it.
 *
 * @param word the word
 * @param file the host's file
 */
record RawDisk(String word, Path file) {
    static final int LENGTH = 1 << 20;
    private static final int WORD = 32;
    private static final int FAR = LENGTH / 2;

    static RawDisk make(Kit kit) {
        var word = "%-32s".formatted(kit.newId("tck-disk"));
        var content = new byte[LENGTH];
        System.arraycopy(word.getBytes(StandardCharsets.US_ASCII), 0, content, 0, WORD);
        return new RawDisk(word.strip(), kit.file("raw", content));
    }

    Disk disk(String id, boolean readOnly) {
        return new Disk(id, List.of(new Extent(file, 0, LENGTH)), readOnly);
    }

    /** {@return the device's number in the guest, {@code 254 16}; empty if the guest has it not} */
    String number(Guest guest) {
        return guest.run(
                        """
                        for d in /sys/block/*; do
                          n=$(tr : ' ' <$d/dev); f=/dev/tck-$(basename $d); rm -f $f
                          mknod $f b $n || exit 9
                          [ "$(head -c 32 $f 2>/dev/null | tr -d ' \\0')" != %s ] || echo $n
                        done
                        """
                                .formatted(word))
                .ok();
    }

    /** {@return a script with the device as {@code $f}} */
    String with(Guest guest, String script) {
        var number = number(guest);
        if (number.isEmpty()) {
            throw new AssertionError("the guest does not see the disk");
        }
        return "f=/dev/tck-mine; rm -f $f; mknod $f b " + number + " || exit 9; " + script;
    }

    /** Has the guest write a word into the middle of the disk. */
    int write(Guest guest, String text) {
        var script =
                "printf '%%s' '%s' | dd of=$f bs=512 seek=%d conv=notrunc 2>/dev/null && sync"
                        .formatted(text, FAR / 512);
        return guest.run(with(guest, script)).exit();
    }

    /** {@return what the host finds there} */
    String written(int length) {
        return new String(
                Arrays.copyOfRange(bytes(), FAR, FAR + length), StandardCharsets.US_ASCII);
    }

    byte[] bytes() {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return owner and mode} */
    static String rights(Path file) {
        try {
            var all = Files.readAttributes(file, "unix:uid,gid,mode");
            return "owner %s:%s, mode %o"
                    .formatted(all.get("uid"), all.get("gid"), (Integer) all.get("mode"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
