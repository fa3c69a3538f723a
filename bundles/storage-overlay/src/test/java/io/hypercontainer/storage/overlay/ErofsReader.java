// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads an image the way the kernel does, written from erofs_fs.h alone and sharing nothing with
 * the writer. Asserts what the kernel takes for granted (order of names, tails within a block).
 */
final class ErofsReader {
    private static final int BLOCK = 4096;
    private static final Map<Integer, String> XATTR_PREFIXES =
            Map.of(
                    1, "user.",
                    2, "system.posix_acl_access",
                    3, "system.posix_acl_default",
                    4, "trusted.",
                    6, "security.");

    /**
     * A file in the image.
     *
     * @param data contents, link target; empty for others
     * @param device encoded device number
     */
    record Node(
            long number,
            int mode,
            long uid,
            long gid,
            long mtime,
            int nanos,
            int links,
            byte[] data,
            int device,
            SortedMap<String, String> xattrs) {
        int type() {
            return mode & 0170000;
        }

        String text() {
            return new String(data, StandardCharsets.ISO_8859_1);
        }

        boolean isWhiteout() {
            return type() == 0020000 && device == 0;
        }

        boolean isOpaque() {
            return "y".equals(xattrs.get("trusted.overlay.opaque"));
        }
    }

    private final ByteBuffer image;
    private final SortedMap<String, Node> nodes = new TreeMap<>();
    private final long metadata;

    private ErofsReader(Path file) throws IOException {
        image = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(image.getInt(1024)).isEqualTo(0xE0F5E1E2);
        assertThat(image.getInt(1024 + 36) * (long) BLOCK).isEqualTo(image.capacity());
        metadata = image.getInt(1024 + 40) * (long) BLOCK;
        int root = image.getShort(1024 + 14) & 0xffff;
        walk("", root, root);
        assertThat(image.getLong(1024 + 16))
                .isEqualTo(nodes.values().stream().mapToLong(Node::number).distinct().count());
    }

    /** All files; the root's path is empty. */
    static ErofsReader read(Path file) throws IOException {
        return new ErofsReader(file);
    }

    Set<String> paths() {
        return nodes.keySet();
    }

    Node at(String path) {
        return Objects.requireNonNull(nodes.get(path), path);
    }

    private void walk(String path, long number, long parent) {
        Node node = node(number);
        nodes.put(path, node);
        if (node.type() != 0040000) {
            return;
        }
        var names = new ArrayList<String>();
        for (int start = 0; start < node.data.length; start += BLOCK) {
            int end = Math.min(start + BLOCK, node.data.length);
            var block =
                    ByteBuffer.wrap(Arrays.copyOfRange(node.data, start, end))
                            .order(ByteOrder.LITTLE_ENDIAN);
            int count = (block.getShort(8) & 0xffff) / 12;
            for (int i = 0; i < count; i++) {
                int from = block.getShort(i * 12 + 8);
                int to = i + 1 < count ? block.getShort(i * 12 + 20) : block.limit();
                String name =
                        new String(block.array(), from, to - from, StandardCharsets.ISO_8859_1);
                name = i + 1 < count ? name : name.replaceFirst("\0+$", "");
                assertThat(name).isNotEmpty().doesNotContain("\0", "/");
                names.add(name);
                entry(path, name, block.getLong(i * 12), block.get(i * 12 + 10), number, parent);
            }
        }
        List<String> sorted = names.stream().sorted().distinct().toList();
        assertThat(names).isEqualTo(sorted).contains(".", "..");
    }

    private void entry(String path, String name, long number, int type, long self, long parent) {
        switch (name) {
            case "." -> assertThat(number).isEqualTo(self);
            case ".." -> assertThat(number).isEqualTo(parent);
            default -> {
                walk(path.isEmpty() ? name : path + "/" + name, number, self);
                int expected =
                        switch (node(number).type()) {
                            case 0100000 -> 1;
                            case 0040000 -> 2;
                            case 0020000 -> 3;
                            case 0060000 -> 4;
                            case 0010000 -> 5;
                            default -> 7;
                        };
                assertThat(type).isEqualTo(expected);
            }
        }
    }

    private Node node(long number) {
        int at = (int) (metadata + number * 32);
        int format = image.getShort(at);
        assertThat(format & 1).as("extended inode").isEqualTo(1);
        int layout = format >> 1;
        int xattrCount = image.getShort(at + 2) & 0xffff;
        int xattrSize = xattrCount == 0 ? 0 : 12 + 4 * (xattrCount - 1);
        int mode = image.getShort(at + 4) & 0xffff;
        long size = image.getLong(at + 8);
        int location = image.getInt(at + 16);
        int type = mode & 0170000;
        boolean hasData = type == 0100000 || type == 0040000 || type == 0120000;
        return new Node(
                number,
                mode,
                image.getInt(at + 24) & 0xffffffffL,
                image.getInt(at + 28) & 0xffffffffL,
                image.getLong(at + 32),
                image.getInt(at + 40),
                image.getInt(at + 44),
                hasData ? data(layout, size, location, at + 64 + xattrSize) : new byte[0],
                hasData ? 0 : location,
                xattrs(at + 64, xattrSize));
    }

    private byte[] data(int layout, long size, int firstBlock, int tailAt) {
        byte[] data = new byte[(int) size];
        int inBlocks = (int) (layout == 2 ? size - size % BLOCK : size);
        if (inBlocks > 0) {
            image.get(firstBlock * BLOCK, data, 0, inBlocks);
        }
        if (layout == 2) {
            int tail = (int) size - inBlocks;
            assertThat(tail).isPositive();
            assertThat(tailAt % BLOCK + tail).as("end of tail").isLessThanOrEqualTo(BLOCK);
            image.get(tailAt, data, inBlocks, tail);
        } else {
            assertThat(layout).isZero();
        }
        return data;
    }

    private SortedMap<String, String> xattrs(int start, int size) {
        var xattrs = new TreeMap<String, String>();
        int at = start + 12;
        while (at < start + size) {
            int nameLength = image.get(at) & 0xff;
            int valueLength = image.getShort(at + 2) & 0xffff;
            @Nullable String prefix = XATTR_PREFIXES.get((int) image.get(at + 1));
            byte[] text = new byte[nameLength + valueLength];
            image.get(at + 4, text);
            String both = new String(text, StandardCharsets.ISO_8859_1);
            xattrs.put(prefix + both.substring(0, nameLength), both.substring(nameLength));
            at += (4 + nameLength + valueLength + 3) & ~3;
        }
        return xattrs;
    }
}
