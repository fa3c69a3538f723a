// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.image.SampleImage;
import io.hypercontainer.image.spec.Digest;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Debian's docker-registry, running for a test. */
public final class DockerRegistry implements AutoCloseable {
    public static final String USER = "user";
    public static final String PASSWORD = "secret";

    /** bcrypt of the password. */
    private static final String HTPASSWD =
            "user:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    private final Process process;
    private final int port;
    private final boolean login;
    private final List<String> log = new ArrayList<>();
    private final CompletableFuture<Void> listening = new CompletableFuture<>();
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param folder an empty folder
     * @param login whether it wants a login
     */
    public DockerRegistry(Path folder, boolean login) throws IOException {
        this.login = login;
        port = freePort();
        String auth = "";
        if (login) {
            Path passwords = folder.resolve("htpasswd");
            Files.writeString(passwords, HTPASSWD);
            auth = "auth: {htpasswd: {realm: test, path: %s}}\n".formatted(passwords);
        }
        Path config = folder.resolve("config.yml");
        Files.writeString(
                config,
                """
                version: 0.1
                log: {level: info}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: '127.0.0.1:%d'}
                """
                                .formatted(folder.resolve("data"), port)
                        + auth);
        process =
                new ProcessBuilder("docker-registry", "serve", config.toString())
                        .redirectErrorStream(true)
                        .start();
        Thread.ofVirtual().start(this::read);
        listening.join();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (log) {
                    log.add(line);
                    log.notifyAll();
                }
                if (line.contains("listening on")) {
                    listening.complete(null);
                }
            }
        } catch (IOException e) {
            listening.completeExceptionally(e);
        }
        listening.completeExceptionally(new IOException("docker-registry ended: " + log));
    }

    public String host() {
        return "127.0.0.1:" + port;
    }

    /** Stores an image. */
    public void push(String repository, String tag, SampleImage image) throws Exception {
        pushBlob(repository, image.config());
        for (byte[] layer : image.blobs()) {
            pushBlob(repository, layer);
        }
        pushManifest(repository, tag, SampleImage.MANIFEST, image.manifest());
    }

    public void pushBlob(String repository, byte[] content) throws Exception {
        HttpResponse<String> upload =
                send("POST", "/v2/" + repository + "/blobs/uploads/", "", new byte[0]);
        String location = upload.headers().firstValue("Location").orElseThrow();
        send(
                "PUT",
                location + "&digest=" + Digest.of(content),
                "application/octet-stream",
                content);
    }

    public void pushManifest(String repository, String tag, String mediaType, byte[] content)
            throws Exception {
        send("PUT", "/v2/" + repository + "/manifests/" + tag, mediaType, content);
    }

    private HttpResponse<String> send(String method, String path, String type, byte[] body)
            throws Exception {
        URI uri = URI.create("http://" + host()).resolve(path);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri)
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        if (!type.isEmpty()) {
            request.header("Content-Type", type);
        }
        if (login) {
            String pair = USER + ":" + PASSWORD;
            request.header(
                    "Authorization",
                    "Basic " + Base64.getEncoder().encodeToString(SampleImage.text(pair)));
        }
        HttpResponse<String> response =
                client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(method + " " + uri + ": " + response.body());
        }
        return response;
    }

    /**
     * Waits until the access log has that many requests whose line contains all texts.
     *
     * @return how many there are by then
     */
    public int requests(int atLeast, String... texts) throws InterruptedException {
        synchronized (log) {
            while (count(texts) < atLeast) {
                log.wait();
            }
            return count(texts);
        }
    }

    private int count(String... texts) {
        return (int)
                log.stream()
                        .filter(line -> line.contains("HTTP/1.1\""))
                        .filter(line -> java.util.Arrays.stream(texts).allMatch(line::contains))
                        .count();
    }

    @Override
    public void close() {
        client.close();
        process.destroy();
        process.onExit().join();
    }
}
