// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.archive;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A buffered stream whose {@link #available()} is 0 only at the end: {@code GZIPInputStream} takes
 * 0 for the end of the last member, even if the rest is only late.
 */
final class PeekableInputStream extends BufferedInputStream {
    PeekableInputStream(InputStream in, int size) {
        super(in, size);
    }

    /** {@return the next bytes, fewer at the end; they are read again} */
    byte[] peek(int count) throws IOException {
        mark(count);
        byte[] next = readNBytes(count);
        reset();
        return next;
    }

    @Override
    public synchronized int available() throws IOException {
        int now = super.available();
        return now > 0 ? now : peek(1).length;
    }
}
