// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.health;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** The beginning of what a check prints; the rest is read and forgotten, so that it can go on. */
final class CheckOutput {
    private static final int LONGEST = 4096;

    private final ByteArrayOutputStream beginning = new ByteArrayOutputStream();

    /** Reads a stream to its end. */
    void drain(InputStream from) {
        byte[] buffer = new byte[LONGEST];
        try {
            int n = from.read(buffer);
            while (n >= 0) {
                add(buffer, n);
                n = from.read(buffer);
            }
        } catch (IOException e) {
            // The connection is lost or closed: there is no more.
        }
    }

    private synchronized void add(byte[] bytes, int length) {
        beginning.write(bytes, 0, Math.min(length, LONGEST - beginning.size()));
    }

    /** {@return what there is; a character that was cut in two is left out} */
    synchronized String text() {
        String text = beginning.toString(UTF_8);
        return beginning.size() == LONGEST && text.endsWith("\ufffd")
                ? text.substring(0, text.length() - 1)
                : text;
    }
}
