// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.linux;

import io.hypercontainer.linux.DeviceMapper.Target;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** {@code struct dm_ioctl} with what follows it, to be sent once. */
final class DmRequest {
    static final int VERSION = 0;
    static final int LIST_DEVICES = 2;
    static final int DEV_CREATE = 3;
    static final int DEV_REMOVE = 4;
    static final int DEV_SUSPEND = 6;
    static final int DEV_STATUS = 7;
    static final int TABLE_LOAD = 9;
    static final int TABLE_DEPS = 11;
    static final int TABLE_STATUS = 12;
    static final int LIST_VERSIONS = 13;
    static final int TARGET_MSG = 14;
    static final int DEV_ARM_POLL = 16;

    static final int HEADER = 312;
    static final int NAME = 48;
    static final int NAME_SIZE = 128;
    static final int UUID = 176;
    static final int UUID_SIZE = 129;
    static final int READ_ONLY = 1; // DM_READONLY_FLAG
    static final int SUSPEND = 2; // DM_SUSPEND_FLAG
    static final int BUFFER_FULL = 1 << 8; // DM_BUFFER_FULL_FLAG

    /**
     * DM_UDEV_DISABLE_SUBSYSTEM_RULES_FLAG, _DISK_RULES_FLAG, _OTHER_RULES_FLAG: udev shall not
     * open the device to look what is on it.
     */
    private static final int LEAVE_ALONE = 0x2 | 0x4 | 0x8;

    private static final int STATUS_TABLE = 1 << 4; // DM_STATUS_TABLE_FLAG
    private static final long IOCTL = 0xC138FD00L; // _IOWR(0xfd, ..., struct dm_ioctl)
    private static final int MAJOR = 4; // DM_VERSION_MAJOR
    private static final int SPEC_HEADER = 40; // struct dm_target_spec
    private static final int TYPE_SIZE = 16; // DM_MAX_TYPE_NAME
    private static final int SMALL = 16 << 10;
    private static final int LARGE = 16 << 20;

    private final int command;
    private final String name;
    private String uuid = "";
    private int flags;
    private int targets;
    private byte[] payload = {};

    DmRequest(int command, String name) {
        this.command = command;
        this.name = name;
    }

    DmRequest uuid(String newUuid) {
        uuid = newUuid;
        return this;
    }

    DmRequest readOnly(boolean wanted) {
        flags |= wanted ? READ_ONLY : 0;
        return this;
    }

    DmRequest suspend() {
        flags |= SUSPEND;
        return this;
    }

    DmRequest wantTable() {
        flags |= STATUS_TABLE;
        return this;
    }

    DmRequest message(String message) {
        byte[] text = bytes(message);
        payload = new byte[8 + text.length + 1]; // the sector of struct dm_target_msg is 0
        System.arraycopy(text, 0, payload, 8, text.length);
        return this;
    }

    DmRequest table(List<Target> table) {
        int size = table.stream().mapToInt(DmRequest::specSize).sum();
        var specs = ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
        for (Target target : table) {
            int next = specs.position() + specSize(target);
            byte[] type = bytes(target.type());
            if (type.length >= TYPE_SIZE) {
                throw new IllegalArgumentException("no type of a target: " + target.type());
            }
            specs.putLong(target.start()).putLong(target.length()).putInt(0);
            specs.putInt(specSize(target));
            specs.put(java.util.Arrays.copyOf(type, TYPE_SIZE)).put(bytes(target.parameters()));
            specs.position(next);
        }
        payload = specs.array();
        targets = table.size();
        return this;
    }

    private static int specSize(Target target) {
        return SPEC_HEADER + (bytes(target.parameters()).length + 1 + 7 & ~7);
    }

    /** Sends it; once more with more room if the answer does not fit. */
    DmReply send(Descriptor control) throws IOException {
        int size = Math.max(SMALL, HEADER + payload.length);
        DmReply reply = send(control, size);
        return reply.isCutOff() ? send(control, LARGE) : reply;
    }

    private DmReply send(Descriptor control, int size) throws IOException {
        String what = "device-mapper call " + command + (name.isEmpty() ? "" : " of " + name);
        try (var arena = Arena.ofConfined()) {
            MemorySegment call = arena.allocate(size, 8);
            call.set(ValueLayout.JAVA_INT, 0, MAJOR);
            call.set(ValueLayout.JAVA_INT, 12, size); // data_size
            call.set(ValueLayout.JAVA_INT, 16, HEADER); // data_start
            call.set(ValueLayout.JAVA_INT, 20, targets); // target_count
            call.set(ValueLayout.JAVA_INT, 28, flags);
            call.set(ValueLayout.JAVA_INT, 32, LEAVE_ALONE << 16); // event_nr
            put(call, NAME, NAME_SIZE, name);
            put(call, UUID, UUID_SIZE, uuid);
            MemorySegment.copy(payload, 0, call, ValueLayout.JAVA_BYTE, HEADER, payload.length);
            control.control(what, IOCTL | command, call);
            return new DmReply(call.toArray(ValueLayout.JAVA_BYTE));
        }
    }

    private static void put(MemorySegment call, int offset, int size, String text) {
        byte[] bytes = bytes(text);
        if (bytes.length >= size || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("no name of a device: " + text);
        }
        MemorySegment.copy(bytes, 0, call, ValueLayout.JAVA_BYTE, offset, bytes.length);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
