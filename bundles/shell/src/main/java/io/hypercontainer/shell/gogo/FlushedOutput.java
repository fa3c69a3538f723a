// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/**
 * Passes on at once what is written: Gogo's own functions print through channels, which never
 * flush.
 */
final class FlushedOutput extends FilterOutputStream {
    FlushedOutput(OutputStream out) {
        super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        out.flush();
    }
}
