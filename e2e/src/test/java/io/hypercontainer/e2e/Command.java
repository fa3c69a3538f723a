// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A running program with its output collected. */
final class Command implements AutoCloseable {
    private static final long LIMIT_SECONDS = 150;

    private final List<String> words;
    private final Process process;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Thread outReader;
    private final Thread errReader;

    Command(Map<String, String> environment, Path directory, List<String> words) {
        this.words = words;
        var builder = new ProcessBuilder(words).directory(directory.toFile());
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        outReader = Thread.startVirtualThread(() -> copy(process.getInputStream(), out));
        errReader = Thread.startVirtualThread(() -> copy(process.getErrorStream(), err));
    }

    OutputStream stdin() {
        return process.getOutputStream();
    }

    Process process() {
        return process;
    }

    String outSoFar() {
        synchronized (out) {
            return out.toString(StandardCharsets.UTF_8);
        }
    }

    /** Blocks until the output contains the text. */
    void awaitOutput(String text) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        synchronized (out) {
            while (!out.toString(StandardCharsets.UTF_8).contains(text)) {
                long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
                if (left <= 0 || !outReader.isAlive()) {
                    throw new AssertionError(
                            words + " did not print '" + text + "': " + out + " " + err);
                }
                out.wait(Math.min(left, 1000));
            }
        }
    }

    Result await() throws InterruptedException {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(
                    words + " did not end in " + LIMIT_SECONDS + " s: " + out + " " + err);
        }
        outReader.join();
        errReader.join();
        return new Result(
                process.exitValue(), out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    private static void copy(InputStream from, ByteArrayOutputStream to) {
        byte[] buffer = new byte[1 << 16];
        try {
            for (int n; (n = from.read(buffer)) >= 0; ) {
                synchronized (to) {
                    to.write(buffer, 0, n);
                    to.notifyAll();
                }
            }
        } catch (IOException e) {
            // the process was killed: what it had printed is there
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
