// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.io.InputStream;

/**
 * Refuses to deliver more than a number of bytes, which stops decompression bombs, and anything at
 * all to an interrupted thread, which stops work that nobody waits for.
 */
final class BoundedInputStream extends InputStream {
    private final InputStream in;
    private final long limit;
    private final String where;
    private long count;

    BoundedInputStream(InputStream in, long limit, String where) {
        this.in = in;
        this.limit = limit;
        this.where = where;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        if (Thread.interrupted()) {
            throw new Interrupted("reading " + where, new InterruptedException());
        }
        int n = in.read(buffer, offset, length);
        count += Math.max(0, n);
        if (count > limit) {
            throw new InvalidSpec(
                    where
                            + " is larger than "
                            + limit
                            + " bytes uncompressed, the limit in the configuration hyper.image");
        }
        return n;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
