// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.io.OutputStream;

/** Takes a bounded number of bytes, from a source that might never end. */
public final class BoundedOutputStream extends OutputStream {
    private final OutputStream out;
    private final long limit;
    private final String where;
    private long size;

    /**
     * @param out gets the bytes
     * @param limit the most bytes that are taken
     * @param where what they are, for the message
     */
    public BoundedOutputStream(OutputStream out, long limit, String where) {
        this.out = out;
        this.limit = limit;
        this.where = where;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (length > limit - size) {
            throw new InvalidSpec(
                    where
                            + " has more than "
                            + limit
                            + " bytes, the limit in the configuration hyper.image");
        }
        out.write(bytes, offset, length);
        size += length;
    }
}
