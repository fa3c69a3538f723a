// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import io.hypercontainer.shell.archive.RawText;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Names in a folder of the client, a batch at a time. */
final class FolderNames {
    private static final int BATCH = 1024;
    private static final int LONGEST = 4095;

    private final CreditedInput.Grant grant;
    private final Deque<String> names = new ArrayDeque<>(); // guarded by this, as all below
    private int credit;
    private boolean ended;
    private @Nullable IOException failure;

    FolderNames(CreditedInput.Grant grant) {
        this.grant = grant;
    }

    synchronized void receive(byte[] name) throws ProtocolException {
        if (ended || credit == 0 || name.length == 0 || name.length > LONGEST) {
            throw new ProtocolException("a name of " + name.length + " bytes in a folder");
        }
        credit--;
        names.add(RawText.of(name));
        notifyAll();
    }

    synchronized void end(@Nullable IOException reason) {
        ended = true;
        failure = reason;
        notifyAll();
    }

    /** {@return the next name; empty behind the last} */
    Optional<String> next() throws IOException {
        if (needsMore()) {
            grant.bytes(BATCH);
        }
        return take();
    }

    private synchronized boolean needsMore() {
        boolean more = names.isEmpty() && credit == 0 && !ended;
        credit = more ? BATCH : credit;
        return more;
    }

    private synchronized Optional<String> take() throws IOException {
        try {
            while (names.isEmpty() && !ended) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException)
                    new InterruptedIOException("interrupted while reading").initCause(e);
        }
        if (names.isEmpty() && failure != null) {
            throw new IOException(failure.getMessage(), failure);
        }
        return Optional.ofNullable(names.poll());
    }
}
