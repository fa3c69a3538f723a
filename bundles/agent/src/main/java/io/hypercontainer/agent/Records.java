// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.DriverFailure;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Takes the records of a stream: texts, each ended by NUL, a fixed number of them for each record.
 *
 * @param <T> what becomes of a record
 */
final class Records<T> extends OutputStream {
    private final String what;
    private final int fields;
    private final int maxRecords;
    private final int maxBytes;
    private final Function<List<String>, T> maker;

    private final List<T> records = new ArrayList<>();
    private final List<String> record = new ArrayList<>();
    private final java.io.ByteArrayOutputStream field = new java.io.ByteArrayOutputStream();
    private long total;

    /**
     * Prepares to take records.
     *
     * @param what they are about, for messages
     * @param fields texts of a record
     * @param maxRecords how many there may be
     * @param maxBytes how long they may be together
     * @param maker makes something of the texts of a record; a number that is none is no record
     */
    Records(
            String what,
            int fields,
            int maxRecords,
            int maxBytes,
            Function<List<String>, T> maker) {
        this.what = what;
        this.fields = fields;
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
        this.maker = maker;
    }

    @Override
    public void write(int value) {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        total += length;
        if (total > maxBytes) {
            throw new DriverFailure("the guest says too much about " + what);
        }
        int start = offset;
        for (int at = offset; at < offset + length; at++) {
            if (bytes[at] == 0) {
                field.write(bytes, start, at - start);
                start = at + 1;
                endField();
            }
        }
        field.write(bytes, start, offset + length - start);
    }

    private void endField() {
        record.add(field.toString(StandardCharsets.UTF_8));
        field.reset();
        if (record.size() < fields) {
            return;
        }
        if (records.size() == maxRecords) {
            throw new DriverFailure("the guest says too much about " + what);
        }
        try {
            records.add(maker.apply(List.copyOf(record)));
        } catch (IllegalArgumentException e) {
            throw new DriverFailure("the guest says nonsense about " + what, e);
        }
        record.clear();
    }

    /** {@return all of them; the stream has ended} */
    List<T> all() {
        if (!record.isEmpty() || field.size() > 0) {
            throw new DriverFailure("the guest breaks off in what it says about " + what);
        }
        return records;
    }
}
