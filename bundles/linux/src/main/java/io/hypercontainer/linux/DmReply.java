// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import io.hypercontainer.linux.DeviceMapper.Device;
import io.hypercontainer.linux.DeviceMapper.Target;
import io.hypercontainer.linux.DeviceMapper.Version;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the kernel has made of a {@link DmRequest}. */
final class DmReply {
    private static final int ACTIVE = 1 << 5; // DM_ACTIVE_PRESENT_FLAG
    private static final int TARGET_SPEC = 40;

    private final ByteBuffer bytes;

    DmReply(byte[] bytes) {
        this.bytes = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    }

    private int flags() {
        return bytes.getInt(28);
    }

    boolean isCutOff() {
        return (flags() & DmRequest.BUFFER_FULL) != 0;
    }

    private int start() {
        return bytes.getInt(16);
    }

    /** How an empty list of devices looks. */
    boolean startsWithZero() {
        return bytes.getInt(12) <= start() || bytes.getLong(start()) == 0;
    }

    Version version(int offset) {
        return new Version(
                bytes.getInt(offset), bytes.getInt(offset + 4), bytes.getInt(offset + 8));
    }

    Device device() {
        long number = bytes.getLong(40); // as huge_encode_dev has it
        return new Device(
                text(DmRequest.NAME),
                text(DmRequest.UUID),
                (int) ((number >> 8) & 0xfff),
                (int) ((number & 0xff) | ((number >> 12) & 0xfff00)),
                bytes.getInt(24),
                bytes.getInt(32),
                (flags() & DmRequest.SUSPEND) != 0,
                (flags() & DmRequest.READ_ONLY) != 0,
                (flags() & ACTIVE) != 0);
    }

    List<Target> targets() {
        var targets = new ArrayList<Target>();
        int at = start();
        for (int i = 0; i < bytes.getInt(20); i++) {
            targets.add(
                    new Target(
                            bytes.getLong(at),
                            bytes.getLong(at + 8),
                            text(at + 24),
                            text(at + TARGET_SPEC).strip()));
            at = start() + bytes.getInt(at + 20); // counted from the first, unlike in a table
        }
        return targets;
    }

    List<String> dependencies() {
        var numbers = new ArrayList<String>();
        for (int i = 0; i < bytes.getInt(start()); i++) {
            long number = bytes.getLong(start() + 8 + 8 * i);
            numbers.add(
                    ((number >> 8) & 0xfff) + ":" + ((number & 0xff) | ((number >> 12) & 0xfff00)));
        }
        return numbers;
    }

    /** One of a list. */
    final class Entry {
        private final int at;

        private Entry(int at) {
            this.at = at;
        }

        String text(int offset) {
            return DmReply.this.text(at + offset);
        }

        Version version(int offset) {
            return DmReply.this.version(at + offset);
        }
    }

    /** A list whose entries say, at the offset, how far away the next one is. */
    List<Entry> entries(int nextAt) {
        var entries = new ArrayList<Entry>();
        int at = start();
        while (true) {
            entries.add(new Entry(at));
            int next = bytes.getInt(at + nextAt);
            if (next <= 0) {
                return entries;
            }
            at += next;
        }
    }

    private String text(int offset) {
        int end = offset;
        while (bytes.get(end) != 0) {
            end++;
        }
        return new String(bytes.array(), offset, end - offset, StandardCharsets.UTF_8);
    }
}
