// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Gets the content of a pod's files, each once, before anything of the pod is made. Size and time
 * are bounded.
 */
public final class FileFetcher {
    /** The most bytes of a file. */
    static final int MAX_FILE = 8 * 1024 * 1024;

    /** The most bytes of all files. */
    static final int MAX_ALL = 32 * 1024 * 1024;

    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int OK = 200;

    private final Session session;
    private final String folder;
    private final Duration deadline;
    private final Map<FileSource, byte[]> fetched = new HashMap<>();
    private long bytes;

    /**
     * @param session reads the client's files
     * @param podFile path of the pod file, beside which relative ones are
     */
    public FileFetcher(Session session, String podFile) {
        this(session, podFile, DEADLINE);
    }

    FileFetcher(Session session, String podFile, Duration deadline) {
        this.session = session;
        this.folder = podFile.substring(0, podFile.lastIndexOf('/') + 1);
        this.deadline = deadline;
    }

    /** The content; what goes wrong is noted, and then it is empty. */
    byte[] get(FileSource source, Problems problems) {
        byte[] known = fetched.get(source);
        if (known != null) {
            return known;
        }
        byte[] content = new byte[0];
        try {
            content = decoded(source, raw(source));
            bytes += content.length;
            if (bytes > MAX_ALL) {
                throw new IOException("all files together are larger than " + MAX_ALL + " bytes");
            }
        } catch (IOException e) {
            problems.add(source.field(), String.valueOf(e.getMessage()));
        }
        fetched.put(source, content);
        return content;
    }

    private byte[] raw(FileSource source) throws IOException {
        return switch (source) {
            case FileSource.Content content -> content.text().getBytes(StandardCharsets.UTF_8);
            case FileSource.Client file -> client(file.path());
            case FileSource.Web web -> web(web.uri());
        };
    }

    private static byte[] decoded(FileSource source, byte[] raw) throws IOException {
        if (!source.base64()) {
            return raw;
        }
        String text = new String(raw, StandardCharsets.ISO_8859_1).replaceAll("[\r\n]", "");
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IOException("is not base64: " + e.getMessage(), e);
        }
    }

    private byte[] client(String path) throws IOException {
        String there = path.startsWith("/") ? path : folder + path;
        try (InputStream in = session.read(there)) {
            byte[] content = in.readNBytes(MAX_FILE + 1);
            if (content.length > MAX_FILE) {
                throw new IOException(there + ": larger than " + MAX_FILE + " bytes");
            }
            return content;
        } catch (IOException e) {
            throw new IOException("cannot read " + e.getMessage(), e);
        }
    }

    private byte[] web(URI uri) throws IOException {
        HttpClient client =
                HttpClient.newBuilder()
                        .connectTimeout(CONNECT)
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();
        try {
            HttpRequest request = HttpRequest.newBuilder(uri).build();
            CompletableFuture<HttpResponse<byte[]>> answer =
                    client.sendAsync(
                            request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_FILE));
            HttpResponse<byte[]> response = answer.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw failure(uri, "the server answers " + response.statusCode(), null);
            }
            return response.body();
        } catch (InterruptedException e) {
            throw new Interrupted("getting " + uri, e);
        } catch (TimeoutException e) {
            throw failure(uri, "not here after " + deadline.toSeconds() + " seconds", e);
        } catch (ExecutionException e) {
            throw failure(uri, reason(e.getCause()), e);
        } finally {
            client.shutdownNow();
        }
    }

    private static String reason(@org.jspecify.annotations.Nullable Throwable cause) {
        if (cause == null) {
            return "unknown";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    private static IOException failure(
            URI uri, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IOException("cannot get " + uri + ": " + why, cause);
    }
}
