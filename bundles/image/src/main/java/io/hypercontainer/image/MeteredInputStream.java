// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/** Tells how many bytes were read. */
final class MeteredInputStream extends FilterInputStream {
    private final LongConsumer meter;
    private long count;

    MeteredInputStream(InputStream in, LongConsumer meter) {
        super(in);
        this.meter = meter;
    }

    @Override
    public int read() throws IOException {
        return counted(super.read(), 1);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        int n = super.read(buffer, offset, length);
        return counted(n, n);
    }

    private int counted(int result, int n) {
        if (result >= 0) {
            count += n;
            meter.accept(count);
        }
        return result;
    }
}
