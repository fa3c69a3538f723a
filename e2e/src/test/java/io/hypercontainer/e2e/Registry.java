// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Debian's docker-registry on a free port of the loopback interface, without TLS. */
final class Registry implements AutoCloseable {
    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";

    static final String LOGIN = "user:secret";

    /** LOGIN as htpasswd -B keeps it. */
    private static final String USERS =
            "user:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    final String host;
    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();

    /**
     * @param locked whether it asks for {@link #LOGIN}
     */
    Registry(Path directory, boolean locked) throws IOException, InterruptedException {
        // Not 127.0.0.1, to which plain HTTP is spoken without being told to.
        var address = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
        int port;
        try (var socket = new ServerSocket(0, 1, address)) {
            port = socket.getLocalPort();
        }
        host = address.getHostAddress() + ":" + port;
        var config = Files.createDirectories(directory).resolve("registry.yml");
        Files.writeString(
                config,
                "version: 0.1\nstorage: {filesystem: {rootdirectory: '%s'}}\nhttp: {addr: '%s'}\n"
                        .formatted(directory.resolve("data"), host));
        if (locked) {
            var users = directory.resolve("users");
            Files.writeString(users, USERS);
            Files.writeString(
                    config,
                    "auth: {htpasswd: {realm: test, path: '%s'}}\n".formatted(users),
                    StandardOpenOption.APPEND);
        }
        process =
                new ProcessBuilder("docker-registry", "serve", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("registry.log").toFile())
                        .start();
        while (true) {
            try (var _ = new Socket(address, port)) {
                return;
            } catch (IOException e) {
                if (!process.isAlive()) {
                    throw new AssertionError(
                            Files.readString(directory.resolve("registry.log")), e);
                }
                Thread.sleep(20);
            }
        }
    }

    /** Pushes an image of one gzip layer. */
    void push(String name, String tag, Path gzipLayer, String diffId, Map<String, Object> config)
            throws IOException, InterruptedException {
        var json = new JsonMapper();
        byte[] image =
                json.writeValueAsBytes(
                        Map.of(
                                "architecture",
                                "amd64",
                                "os",
                                "linux",
                                "config",
                                config,
                                "rootfs",
                                Map.of("type", "layers", "diff_ids", List.of("sha256:" + diffId))));
        var configBlob = blob(name, image);
        var layerBlob = blob(name, Files.readAllBytes(gzipLayer));
        byte[] manifest =
                json.writeValueAsBytes(
                        Map.of(
                                "schemaVersion",
                                2,
                                "mediaType",
                                MANIFEST,
                                "config",
                                descriptor(
                                        "application/vnd.docker.container.image.v1+json",
                                        configBlob,
                                        image.length),
                                "layers",
                                List.of(
                                        descriptor(
                                                "application/vnd.docker.image.rootfs.diff.tar.gzip",
                                                layerBlob,
                                                Files.size(gzipLayer)))));
        expect(
                201,
                HttpRequest.newBuilder(
                                URI.create("http://" + host + "/v2/" + name + "/manifests/" + tag))
                        .header("Content-Type", MANIFEST)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(manifest)));
    }

    private static Map<String, Object> descriptor(String type, String digest, long size) {
        return Map.of("mediaType", type, "digest", digest, "size", size);
    }

    private String blob(String name, byte[] content) throws IOException, InterruptedException {
        var file = Files.createTempFile("blob", "");
        Files.write(file, content);
        var digest = "sha256:" + ImageArchive.sha256(file);
        Files.delete(file);
        var started =
                expect(
                        202,
                        HttpRequest.newBuilder(
                                        URI.create(
                                                "http://"
                                                        + host
                                                        + "/v2/"
                                                        + name
                                                        + "/blobs/uploads/"))
                                .POST(HttpRequest.BodyPublishers.noBody()));
        var location = started.headers().firstValue("Location").orElseThrow();
        expect(
                201,
                HttpRequest.newBuilder(
                                URI.create(
                                        location
                                                + (location.contains("?") ? "&" : "?")
                                                + "digest="
                                                + digest))
                        .header("Content-Type", "application/octet-stream")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
        return digest;
    }

    private HttpResponse<String> expect(int status, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        request.header("Authorization", "Basic " + encodedLogin());
        var response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != status) {
            throw new AssertionError(response + ": " + response.body());
        }
        return response;
    }

    static String encodedLogin() {
        return Base64.getEncoder().encodeToString(LOGIN.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
        process.destroy();
        client.close();
    }
}
