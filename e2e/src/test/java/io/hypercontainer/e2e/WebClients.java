// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** People who ask web servers for a page, again and again, and remember every failure. */
final class WebClients implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;
    private static final int PAUSE_MILLIS = 500;

    private final List<Thread> threads = new ArrayList<>();
    private final List<AtomicLong> answers = new ArrayList<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private volatile boolean over;

    /** Begins to ask for a path that a server on a port of this host answers with this text. */
    void ask(int port, String path, String answer) {
        var count = new AtomicLong();
        answers.add(count);
        threads.add(Thread.ofVirtual().start(() -> askOn(port, path, answer, count)));
    }

    private void askOn(int port, String path, String answer, AtomicLong count) {
        try {
            while (!over) {
                try {
                    var text = get(port, path);
                    if (text.startsWith("HTTP/1.") && text.endsWith(answer)) {
                        count.incrementAndGet();
                    } else {
                        failures.add("port " + port + ": '" + text + "'");
                    }
                } catch (IOException e) {
                    failures.add("port " + port + ": " + e);
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a server that is being started answers. */
    static void awaitAnswer(int port, String path) throws Exception {
        Await.text(
                () -> {
                    try {
                        return get(port, path);
                    } catch (IOException e) {
                        return e.toString();
                    }
                },
                "200 OK");
    }

    static String get(int port, String path) throws IOException {
        try (var socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(
                            ("GET " + path + " HTTP/1.0\r\n\r\n")
                                    .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    /** How many right answers the one got who got fewest. */
    long fewestAnswers() {
        return answers.stream().mapToLong(AtomicLong::get).min().orElse(0);
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Lets each finish what it does, and no more. */
    void finish() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() {
        over = true;
    }
}
