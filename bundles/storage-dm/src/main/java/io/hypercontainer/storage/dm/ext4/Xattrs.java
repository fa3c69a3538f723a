// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import io.hypercontainer.api.InvalidSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Extended attributes of one inode: behind its fields if they fit there, else all in a block of
 * their own. Attributes of namespaces that Linux does not have are left out, as Docker does.
 */
final class Xattrs {
    private static final int MAGIC = 0xea020000;
    private static final int ENTRY_HEADER = 16;
    private static final int BLOCK_HEADER = 32;
    private static final int MAX_NAME = 255;

    private record Attribute(int index, byte[] name, byte[] value) {
        int entryLength() {
            return (ENTRY_HEADER + name.length + 3) & ~3;
        }

        int valueLength() {
            return (value.length + 3) & ~3;
        }

        int hash() {
            int hash = 0;
            for (byte b : name) {
                hash = (hash << 5) ^ (hash >>> 27) ^ (b & 0xff);
            }
            var words = ByteBuffer.allocate(valueLength()).order(ByteOrder.LITTLE_ENDIAN);
            words.put(value).rewind();
            while (words.hasRemaining()) {
                hash = (hash << 16) ^ (hash >>> 16) ^ words.getInt();
            }
            return hash;
        }
    }

    private final List<Attribute> attributes = new ArrayList<>();

    Xattrs(Map<String, byte[]> values) {
        values.forEach(this::add);
        attributes.sort(
                Comparator.comparingInt(Attribute::index)
                        .thenComparingInt(a -> a.name().length)
                        .thenComparing(Attribute::name, java.util.Arrays::compareUnsigned));
    }

    private void add(String name, byte[] value) {
        if (name.equals("system.posix_acl_access")) {
            attributes.add(new Attribute(2, new byte[0], acl(value)));
        } else if (name.equals("system.posix_acl_default")) {
            attributes.add(new Attribute(3, new byte[0], acl(value)));
        } else {
            add(name, value, "user.", 1);
            add(name, value, "trusted.", 4);
            add(name, value, "security.", 6);
        }
    }

    private void add(String name, byte[] value, String prefix, int index) {
        if (name.startsWith(prefix) && name.length() > prefix.length()) {
            byte[] rest = name.substring(prefix.length()).getBytes(StandardCharsets.ISO_8859_1);
            if (rest.length > MAX_NAME) {
                throw new InvalidSpec("layer: the name of an extended attribute is too long");
            }
            attributes.add(new Attribute(index, rest, value));
        }
    }

    /**
     * An access control list as ext4 keeps it, from Linux's form (uapi/linux/posix_acl_xattr.h).
     */
    private static byte[] acl(byte[] list) {
        var in = ByteBuffer.wrap(list).order(ByteOrder.LITTLE_ENDIAN);
        if (list.length < 4 || list.length % 8 != 4 || in.getInt() != 2) {
            throw new InvalidSpec("layer: an access control list is damaged");
        }
        var out = ByteBuffer.allocate(list.length).order(ByteOrder.LITTLE_ENDIAN).putInt(1);
        while (in.hasRemaining()) {
            short tag = in.getShort();
            out.putShort(tag).putShort(in.getShort());
            int id = in.getInt();
            if (tag == 0x02 || tag == 0x08) { // ACL_USER, ACL_GROUP
                out.putInt(id);
            }
        }
        return java.util.Arrays.copyOf(out.array(), out.position());
    }

    private int size() {
        return attributes.stream().mapToInt(a -> a.entryLength() + a.valueLength()).sum() + 4;
    }

    boolean isEmpty() {
        return attributes.isEmpty();
    }

    boolean fitsInode() {
        return size() <= Layout.INODE_SIZE - Inode.XATTRS - 4;
    }

    void putInto(Inode inode) {
        ByteBuffer bytes = inode.bytes();
        for (int at = Inode.XATTRS; at < Layout.INODE_SIZE; at++) {
            bytes.put(at, (byte) 0);
        }
        if (!attributes.isEmpty()) {
            bytes.putInt(Inode.XATTRS, MAGIC);
            put(bytes, Inode.XATTRS + 4, Inode.XATTRS + 4, false);
        }
    }

    void putInto(ByteBuffer block) {
        if (size() > Blocks.SIZE - BLOCK_HEADER) {
            throw new InvalidSpec(
                    "layer: a file has extended attributes of "
                            + size()
                            + " bytes; ext4 has room for "
                            + (Blocks.SIZE - BLOCK_HEADER));
        }
        block.putInt(0, MAGIC).putInt(4, 1).putInt(8, 1); // one inode, one block
        put(block, BLOCK_HEADER, 0, true);
    }

    /** Entries from the front, values from the end; offsets count from {@code base}. */
    private void put(ByteBuffer bytes, int first, int base, boolean hashed) {
        int at = first;
        int end = bytes.capacity();
        for (Attribute a : attributes) {
            end -= a.valueLength();
            bytes.put(at, (byte) a.name().length).put(at + 1, (byte) a.index());
            bytes.putShort(at + 2, (short) (a.value().length == 0 ? 0 : end - base));
            bytes.putInt(at + 8, a.value().length);
            bytes.putInt(at + 12, hashed ? a.hash() : 0);
            bytes.put(at + ENTRY_HEADER, a.name()).put(end, a.value());
            at += a.entryLength();
        }
    }
}
