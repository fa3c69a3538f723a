// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hypercontainer.image.SampleImage;
import io.hypercontainer.image.spec.Digest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A registry that does what a test tells it to, also what no registry should. */
public final class ScriptedRegistry implements AutoCloseable {
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final Map<String, Reaction> reactions = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /** What to do with a request. */
    @FunctionalInterface
    public interface Reaction {
        void to(HttpExchange exchange) throws IOException;
    }

    /** A request that came. */
    public record Request(
            String method, String path, String query, String authorization, String range) {}

    public ScriptedRegistry() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        requests.add(
                new Request(
                        exchange.getRequestMethod(),
                        path,
                        String.valueOf(exchange.getRequestURI().getQuery()),
                        header(exchange, "Authorization"),
                        header(exchange, "Range")));
        try (exchange) {
            reactions
                    .getOrDefault(path, e -> answer(e, 404, "text/plain", new byte[0]))
                    .to(exchange);
        }
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    public String host() {
        return "127.0.0.1:" + port();
    }

    public List<Request> requests() {
        return List.copyOf(requests);
    }

    public List<Request> requests(String path) {
        return requests.stream().filter(request -> request.path.equals(path)).toList();
    }

    public ScriptedRegistry on(String path, Reaction reaction) {
        reactions.put(path, reaction);
        return this;
    }

    /** Puts a guard before what a path does. */
    public ScriptedRegistry guard(String path, Guard guard) {
        Reaction behind = Objects.requireNonNull(reactions.get(path));
        return on(
                path,
                exchange -> {
                    if (guard.passes(exchange)) {
                        behind.to(exchange);
                    }
                });
    }

    /** Lets a request pass, or answers it. */
    @FunctionalInterface
    public interface Guard {
        boolean passes(HttpExchange exchange) throws IOException;
    }

    /** Serves an image as a good registry does. */
    public ScriptedRegistry serve(String repository, String tag, SampleImage image) {
        byte[] manifest = image.manifest();
        for (String name : List.of(tag, Digest.of(manifest).toString())) {
            on(
                    "/v2/" + repository + "/manifests/" + name,
                    exchange -> {
                        exchange.getResponseHeaders()
                                .set("Docker-Content-Digest", Digest.of(manifest).toString());
                        answer(exchange, 200, SampleImage.MANIFEST, manifest);
                    });
        }
        serveBlob(repository, image.config());
        image.blobs().forEach(blob -> serveBlob(repository, blob));
        return this;
    }

    public void serveBlob(String repository, byte[] content) {
        on(
                blobPath(repository, content),
                exchange -> answer(exchange, 200, "application/octet-stream", content));
    }

    public static String blobPath(String repository, byte[] content) {
        return "/v2/" + repository + "/blobs/" + Digest.of(content);
    }

    public static void answer(HttpExchange exchange, int status, String type, byte[] body)
            throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        boolean head = exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    public static Reaction answering(int status, String type, String body) {
        return exchange -> answer(exchange, status, type, SampleImage.text(body));
    }

    /** Claims the whole length, sends a part, and breaks the connection. */
    public static void breakAfter(
            HttpExchange exchange, int status, byte[] body, int offset, int count)
            throws IOException {
        exchange.sendResponseHeaders(status, body.length - offset);
        exchange.getResponseBody().write(body, offset, count);
        exchange.getResponseBody().flush();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
