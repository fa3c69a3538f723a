// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.image.spec.Printable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Sends requests, follows redirections, and keeps time. */
final class Http implements AutoCloseable {
    private static final int MAX_REDIRECTIONS = 5;
    private static final Set<Integer> REDIRECTIONS = Set.of(301, 302, 303, 307, 308);
    private static final String AUTHORIZATION = "Authorization";

    private final RegistrySettings settings;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private @Nullable HttpClient client;

    Http(RegistrySettings settings) {
        this.settings = settings;
    }

    /** Made when it is first needed: that takes 200 ms, which the daemon's start need not wait. */
    private synchronized HttpClient client() {
        if (client == null) {
            client =
                    HttpClient.newBuilder()
                            .version(HttpClient.Version.HTTP_1_1)
                            .followRedirects(HttpClient.Redirect.NEVER)
                            .connectTimeout(settings.connectTime())
                            .executor(threads)
                            .build();
        }
        return client;
    }

    /**
     * Sends a request without a body.
     *
     * @param method {@code GET} or {@code HEAD}
     * @param uri where to
     * @param headers headers; {@code Authorization} goes to that host alone
     * @return the answer, after redirections
     */
    Answer send(String method, URI uri, Map<String, String> headers)
            throws IOException, InterruptedException {
        Map<String, String> sent = new TreeMap<>(headers);
        URI next = uri;
        for (int count = 0; count <= MAX_REDIRECTIONS; count++) {
            Answer answer = sendOnce(method, next, sent);
            if (!REDIRECTIONS.contains(answer.status())) {
                return answer;
            }
            answer.close();
            URI target = target(next, answer.header("Location"));
            if (!target.getRawAuthority().equals(next.getRawAuthority())) {
                sent.remove(AUTHORIZATION);
            }
            next = target;
        }
        throw new Unavailable(host(uri) + " redirects in a circle");
    }

    private URI target(URI from, String location) {
        URI target;
        try {
            target = from.resolve(location);
        } catch (IllegalArgumentException e) {
            throw badRedirection(from, location);
        }
        boolean http = "http".equals(target.getScheme());
        boolean allowed =
                "https".equals(target.getScheme())
                        || (http && settings.isInsecure(String.valueOf(target.getRawAuthority())));
        if (!allowed || target.getHost() == null || target.getRawUserInfo() != null) {
            throw badRedirection(from, location);
        }
        return target;
    }

    private static Unavailable badRedirection(URI from, String location) {
        return new Unavailable(
                host(from)
                        + " redirects to "
                        + Printable.line(location, 120)
                        + ", which is not trusted");
    }

    private Answer sendOnce(String method, URI uri, Map<String, String> headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
        headers.forEach(request::setHeader);
        CompletableFuture<HttpResponse<HttpBody>> answer =
                client().sendAsync(request.build(), info -> new HttpBody(settings.silence()));
        try {
            HttpResponse<HttpBody> response =
                    answer.get(
                            settings.connectTime().plus(settings.silence()).toMillis(),
                            TimeUnit.MILLISECONDS);
            return new Answer(uri, response.statusCode(), response.headers(), response.body());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new HttpTimeoutException("no answer");
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException cause) {
                throw cause;
            }
            throw new IOException("request failed: " + e.getCause(), e);
        }
    }

    static String host(URI uri) {
        return String.valueOf(uri.getRawAuthority());
    }

    /**
     * @param what what was to be done
     * @param uri where
     * @param e what went wrong
     * @return the error to throw
     */
    static Unavailable unavailable(String what, URI uri, IOException e) {
        return new Unavailable(what + ": " + host(uri) + " " + reason(e), e);
    }

    private static String reason(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            switch (cause) {
                case UnresolvedAddressException u -> {
                    return "is an unknown host";
                }
                case UnknownHostException u -> {
                    return "is an unknown host";
                }
                case HttpConnectTimeoutException t -> {
                    return "cannot be reached: connecting took too long";
                }
                case HttpTimeoutException t -> {
                    return "does not answer: " + t.getMessage();
                }
                case SSLException s -> {
                    return "cannot be trusted, TLS failed ("
                            + Printable.line(String.valueOf(s.getMessage()), 160)
                            + "); a registry that speaks plain HTTP must be named in"
                            + " insecureRegistries of hyper.image";
                }
                default -> {}
            }
        }
        return e instanceof ConnectException
                ? "cannot be reached: connection refused"
                : "failed: " + Printable.line(String.valueOf(e.getMessage()), 160);
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.shutdownNow();
        }
        threads.shutdownNow();
    }
}
