// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.shell.command.TestSession;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class FileFetcherTest {
    private final TestSession session = new TestSession();
    private final Problems problems = new Problems();
    private final CountDownLatch over = new CountDownLatch(1);
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void serve() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        over.countDown();
        server.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        requests.incrementAndGet();
        try (exchange) {
            switch (exchange.getRequestURI().getPath()) {
                case "/hello" -> send(exchange, 200, "hello".getBytes(UTF_8));
                case "/base64" -> send(exchange, 200, "aGVs\nbG8=\n".getBytes(UTF_8));
                case "/moved" -> {
                    exchange.getResponseHeaders().add("Location", "/hello");
                    send(exchange, 302, new byte[0]);
                }
                case "/loop" -> {
                    exchange.getResponseHeaders().add("Location", "/loop");
                    send(exchange, 302, new byte[0]);
                }
                case "/endless" -> {
                    exchange.sendResponseHeaders(200, 0);
                    OutputStream out = exchange.getResponseBody();
                    byte[] block = new byte[1 << 16];
                    while (true) {
                        out.write(block);
                    }
                }
                case "/slow" -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                    over.await();
                }
                default -> send(exchange, 404, "not here".getBytes(UTF_8));
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
    }

    private FileSource web(String path, boolean base64) {
        return new FileSource.Web(
                "files[0].uri",
                base64,
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path));
    }

    private byte[] get(String path) {
        return new FileFetcher(session, "pod").get(web(path, false), problems);
    }

    private void refused(String why) {
        assertThatThrownBy(problems::check)
                .isInstanceOf(InvalidPodFile.class)
                .hasMessageStartingWith("files[0].uri: ")
                .hasMessageContaining(why);
    }

    @Test
    void whatAServerHasIsFetchedOnce() {
        FileFetcher fetcher = new FileFetcher(session, "pod");

        assertThat(fetcher.get(web("/hello", false), problems)).asString().isEqualTo("hello");
        assertThat(fetcher.get(web("/hello", false), problems)).asString().isEqualTo("hello");
        assertThat(fetcher.get(web("/base64", true), problems)).asString().isEqualTo("hello");

        assertThatCode(problems::check).doesNotThrowAnyException();
        assertThat(requests).hasValue(2);
    }

    @Test
    void redirectsAreFollowed() {
        assertThat(get("/moved")).asString().isEqualTo("hello");
    }

    @Test
    void butNotForEver() {
        assertThat(get("/loop")).isEmpty();
        refused("the server answers 302");
        assertThat(requests.get()).isLessThan(20);
    }

    @Test
    void whatIsNotThereIsRefused() {
        assertThat(get("/nothing")).isEmpty();
        refused("/nothing: the server answers 404");
    }

    @Test
    void aServerThatIsNotThereIsRefused() {
        server.stop(0);
        assertThat(get("/hello")).isEmpty();
        refused("cannot get http://127.0.0.1");
    }

    @Test
    void sizeIsBounded() {
        assertThat(get("/endless")).isEmpty();
        refused("cannot get");
    }

    @Test
    void timeIsBounded() {
        FileFetcher fetcher = new FileFetcher(session, "pod", Duration.ofSeconds(1));
        assertThat(fetcher.get(web("/slow", false), problems)).isEmpty();
        refused("not here after 1 seconds");
    }

    @Test
    void anInterruptEndsTheWait() {
        FileFetcher fetcher = new FileFetcher(session, "pod");
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> fetcher.get(web("/slow", false), problems))
                .isInstanceOf(Interrupted.class);
    }

    @Test
    void filesOfTheClientAreBesideThePodFile() {
        session.file("/abs", "1").file("pods/rel", "2").file("rel", "3");

        FileFetcher below = new FileFetcher(session, "pods/pod.json");
        assertThat(below.get(client("/abs"), problems)).asString().isEqualTo("1");
        assertThat(below.get(client("rel"), problems)).asString().isEqualTo("2");
        assertThat(new FileFetcher(session, "-").get(client("rel"), problems))
                .asString()
                .isEqualTo("3");
    }

    private static FileSource client(String path) {
        return new FileSource.Client("files[0].uri", false, path);
    }

    @Test
    void filesOfTheClientAreBoundedToo() {
        session.file("/big", new byte[FileFetcher.MAX_FILE + 1]);
        new FileFetcher(session, "pod").get(client("/big"), problems);
        refused("cannot read /big: larger than 8388608 bytes");
    }

    @Test
    void allTogetherAreBounded() {
        FileFetcher fetcher = new FileFetcher(session, "pod");
        for (int i = 0; i < 5; i++) {
            session.file("/" + i, new byte[FileFetcher.MAX_FILE]);
            fetcher.get(client("/" + i), problems);
        }
        refused("all files together are larger than 33554432 bytes");
    }

    @Test
    void whatTheClientMayNotReadIsRefused() {
        new FileFetcher(session, "pod").get(client("/nothing"), problems);
        refused("cannot read /nothing: No such file or directory");
    }
}
