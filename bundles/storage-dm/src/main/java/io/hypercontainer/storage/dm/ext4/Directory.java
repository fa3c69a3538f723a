// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.dm.ext4;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A directory in memory. Names are byte strings. */
public final class Directory {
    private static final int ENTRY_HEADER = 8;

    private final int inode;
    private final int parent;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private boolean changed;

    /** What a name leads to. */
    public static final class Entry {
        private final int inode;
        private final FileKind kind;
        private boolean recent;

        Entry(int inode, FileKind kind) {
            this.inode = inode;
            this.kind = kind;
        }

        int inode() {
            return inode;
        }

        /** {@return its type} */
        public FileKind kind() {
            return kind;
        }

        /** {@return whether it was {@linkplain #touch touched} since the file system was opened} */
        public boolean isRecent() {
            return recent;
        }

        /** Marks it as made or described by what is written now. */
        public void touch() {
            recent = true;
        }
    }

    Directory(int inode, int parent) {
        this.inode = inode;
        this.parent = parent;
    }

    int inode() {
        return inode;
    }

    boolean isChanged() {
        return changed;
    }

    /** {@return what a name leads to, null for nothing} */
    public @Nullable Entry find(String name) {
        return entries.get(name);
    }

    /** {@return the names, to be looked at while they change} */
    public List<String> names() {
        return List.copyOf(entries.keySet());
    }

    List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    int subdirectories() {
        return (int) entries.values().stream().filter(e -> e.kind == FileKind.DIRECTORY).count();
    }

    void put(String name, Entry entry) {
        entries.put(name, entry);
        changed = true;
    }

    void remove(String name) {
        entries.remove(name);
        changed = true;
    }

    /** Takes in the entries of one of its blocks. */
    void read(ByteBuffer block) throws IOException {
        int at = 0;
        while (at < Blocks.SIZE) {
            int number = block.getInt(at);
            int length = Short.toUnsignedInt(block.getShort(at + 4));
            int nameLength = block.get(at + 6) & 0xff;
            Layout.check(
                    length >= ENTRY_HEADER + nameLength && at + length <= Blocks.SIZE,
                    "a directory whose entries do not fit");
            if (number != 0) {
                byte[] bytes = new byte[nameLength];
                block.get(at + ENTRY_HEADER, bytes);
                String name = new String(bytes, StandardCharsets.ISO_8859_1);
                if (!name.equals(".") && !name.equals("..")) {
                    FileKind kind = FileKind.ofCode(block.get(at + 7));
                    entries.put(name, new Entry(number, kind));
                }
            }
            at += length;
        }
    }

    private record Line(String name, int inode, int code) {
        int length() {
            return (ENTRY_HEADER + name.length() + 3) & ~3;
        }
    }

    /** Which of its lines go into which block. */
    private List<List<Line>> pages() {
        var lines = new ArrayList<Line>();
        lines.add(new Line(".", inode, FileKind.DIRECTORY.code()));
        lines.add(new Line("..", parent, FileKind.DIRECTORY.code()));
        entries.forEach((name, e) -> lines.add(new Line(name, e.inode, e.kind.code())));
        var pages = new ArrayList<List<Line>>();
        var page = new ArrayList<Line>();
        int used = 0;
        for (Line line : lines) {
            if (used + line.length() > Blocks.SIZE) {
                pages.add(page);
                page = new ArrayList<>();
                used = 0;
            }
            page.add(line);
            used += line.length();
        }
        pages.add(page);
        return pages;
    }

    /** {@return its blocks} */
    List<byte[]> encode() {
        var encoded = new ArrayList<byte[]>();
        for (List<Line> page : pages()) {
            var block = ByteBuffer.allocate(Blocks.SIZE).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            int at = 0;
            for (int i = 0; i < page.size(); i++) {
                Line line = page.get(i);
                boolean last = i == page.size() - 1;
                int length = last ? Blocks.SIZE - at : line.length();
                block.putInt(at, line.inode()).putShort(at + 4, (short) length);
                block.put(at + 6, (byte) line.name().length()).put(at + 7, (byte) line.code());
                block.put(at + ENTRY_HEADER, line.name().getBytes(StandardCharsets.ISO_8859_1));
                at += length;
            }
            encoded.add(block.array());
        }
        return encoded;
    }
}
