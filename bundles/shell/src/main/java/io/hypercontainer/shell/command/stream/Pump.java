// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.stream;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Passes what a process prints on to a session, on a thread of its own. */
final class Pump {
    private static final int BUFFER = 32 * 1024;

    private final InputStream from;
    private final PrintStream to;
    private final Runnable clientGone;
    private final Thread thread;
    private volatile @Nullable IOException cutOff;
    private volatile boolean reading;
    private volatile long readingSince;

    private Pump(InputStream from, PrintStream to, Runnable clientGone) {
        this.from = from;
        this.to = to;
        this.clientGone = clientGone;
        this.thread = Thread.ofVirtual().name("output").unstarted(this::pass);
    }

    /**
     * @param from output of a process
     * @param to where it goes
     * @param clientGone called when nobody takes it any more
     */
    static Pump start(InputStream from, PrintStream to, Runnable clientGone) {
        Pump pump = new Pump(from, to, clientGone);
        pump.thread.start();
        return pump;
    }

    private void pass() {
        byte[] buffer = new byte[BUFFER];
        int length;
        while ((length = read(buffer)) >= 0) {
            to.write(buffer, 0, length);
            if (to.checkError()) {
                clientGone.run();
                return;
            }
        }
    }

    private int read(byte[] buffer) {
        readingSince = System.nanoTime();
        reading = true;
        try {
            return from.read(buffer);
        } catch (IOException e) {
            cutOff = e;
            return -1;
        } finally {
            reading = false;
        }
    }

    /**
     * Waits until all is passed on.
     *
     * @param quiet give up when nothing has come for so long; empty for never
     * @return why the output ended early, if it did
     */
    Optional<IOException> drain(Optional<Duration> quiet) throws InterruptedException {
        if (quiet.isEmpty()) {
            thread.join();
        }
        while (thread.isAlive()) {
            long idle = reading ? System.nanoTime() - readingSince : 0;
            long left = quiet.orElseThrow().toNanos() - idle;
            if (left <= 0) {
                break;
            }
            thread.join(Duration.ofNanos(left));
        }
        return Optional.ofNullable(cutOff);
    }

    /** Ends it; its source has been closed. */
    void stop() {
        thread.interrupt();
    }
}
