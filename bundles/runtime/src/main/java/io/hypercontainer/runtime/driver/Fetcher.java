// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.DeadlineExceeded;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Fetches bundles from where an address says, within a time. */
final class Fetcher {
    private static final Duration CONNECT = Duration.ofSeconds(20);
    private static final int LONGEST_CHECKSUM = 200;

    private final DriverStore store;
    private final DriverSettings settings;

    Fetcher(DriverStore store, DriverSettings settings) {
        this.store = store;
        this.settings = settings;
    }

    /**
     * @param address where the bundle is
     * @return the bundle, staged
     */
    DriverJar fetch(String address) {
        try (HttpClient client =
                HttpClient.newBuilder()
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .connectTimeout(CONNECT)
                        .build()) {
            FutureTask<DriverJar> download = new FutureTask<>(() -> from(client, address));
            Thread.ofVirtual().name("hyper-download").start(download);
            try {
                return download.get(settings.downloadTime().toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                throw new DeadlineExceeded(
                        "fetching "
                                + address
                                + " took more than "
                                + settings.downloadTime().toSeconds()
                                + " s: raise download.seconds of hyper.drivers if it may");
            } catch (InterruptedException e) {
                throw new Interrupted("fetching " + address, e);
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException cause
                        ? cause
                        : new IllegalStateException(e.getCause());
            } finally {
                download.cancel(true);
                client.shutdownNow();
            }
        }
    }

    private DriverJar from(HttpClient client, String address) {
        if (address.startsWith(MavenCoordinates.SCHEME)) {
            return fromMaven(client, MavenCoordinates.parse(address));
        }
        URI uri = uri(address);
        try (InputStream content =
                open(client, uri)
                        .orElseThrow(() -> new NotFound("there is nothing at " + address))) {
            return store.stage(address, content, settings.maxBytes());
        } catch (IOException e) {
            throw broken(uri, e);
        }
    }

    private static URI uri(String address) {
        try {
            URI uri = URI.create(address);
            if (uri.getHost() != null && List.of("http", "https").contains(uri.getScheme())) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec("'" + address + "' is no address: " + e.getMessage(), e);
        }
        throw new InvalidSpec(
                "'" + address + "' is no address: expected https://…, http://… or mvn:…");
    }

    private DriverJar fromMaven(HttpClient client, MavenCoordinates coordinates) {
        for (URI repository : settings.repositories()) {
            URI uri = coordinates.in(repository);
            try (InputStream content = open(client, uri).orElse(null)) {
                if (content != null) {
                    DigestInputStream digested = new DigestInputStream(content, sha1());
                    DriverJar staged =
                            store.stage(coordinates.toString(), digested, settings.maxBytes());
                    check(client, uri, digested.getMessageDigest().digest(), staged);
                    return staged;
                }
            } catch (IOException e) {
                throw broken(uri, e);
            }
        }
        throw new NotFound(
                coordinates
                        + " is in none of the repositories "
                        + settings.repositories()
                        + ": set maven.repositories of hyper.drivers");
    }

    /** Repositories keep a checksum beside each file, if they keep one at all. */
    private void check(HttpClient client, URI uri, byte[] digest, DriverJar staged)
            throws IOException {
        String sha1 = HexFormat.of().formatHex(digest);
        try (InputStream kept =
                open(client, URI.create(uri + ".sha1"))
                        .orElseGet(() -> new ByteArrayInputStream(new byte[0]))) {
            String text =
                    new String(kept.readNBytes(LONGEST_CHECKSUM), StandardCharsets.US_ASCII)
                            .strip();
            if (!text.isEmpty() && !text.split("\\s", 2)[0].equalsIgnoreCase(sha1)) {
                throw new InvalidSpec(
                        uri
                                + " is damaged: its SHA-1 is "
                                + sha1
                                + ", its repository says "
                                + text);
            }
        } catch (IOException | RuntimeException e) {
            store.discard(staged.file());
            throw e;
        }
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    private static Optional<InputStream> open(HttpClient client, URI uri) throws IOException {
        if ("file".equals(uri.getScheme())) {
            try {
                return Optional.of(Files.newInputStream(Path.of(uri)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }
        try {
            HttpResponse<InputStream> answer =
                    client.send(
                            HttpRequest.newBuilder(uri).build(),
                            HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() == 200) {
                return Optional.of(answer.body());
            }
            answer.body().close();
            if (answer.statusCode() == 404 || answer.statusCode() == 410) {
                return Optional.empty();
            }
            throw new Unavailable(
                    "cannot fetch " + uri + ": it answers with status " + answer.statusCode());
        } catch (InterruptedException e) {
            throw new Interrupted("fetching " + uri, e);
        }
    }

    private static Unavailable broken(URI uri, IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return new Unavailable(
                        "cannot fetch " + uri + ": the host " + uri.getHost() + " is unknown", e);
            }
            if (cause instanceof ConnectException) {
                return new Unavailable("cannot fetch " + uri + ": nobody answers there", e);
            }
        }
        String why = e.getMessage();
        return new Unavailable(
                "cannot fetch " + uri + ": " + (why == null ? e.getClass().getSimpleName() : why),
                e);
    }
}
