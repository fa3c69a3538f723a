// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.image.Images.Credentials;
import io.hypercontainer.image.spec.JsonObject;
import io.hypercontainer.image.spec.Printable;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Answers registries' challenges, and keeps tokens as long as they are good. */
final class Authorizer {
    private static final int MAX_TOKEN = 1 << 20;
    private static final int MAX_KEPT = 100;
    private static final long DEFAULT_SECONDS = 60;
    private static final long MAX_SECONDS = 3600;

    private final Http http;
    private final RegistrySettings settings;
    private final Map<Key, Header> kept = new LinkedHashMap<>();

    /**
     * What an authorization is for.
     *
     * @param registry a registry
     * @param repository a repository there
     * @param credentials whose authorization
     */
    record Key(String registry, String repository, Credentials credentials) {}

    private record Header(String value, Instant expiry) {}

    Authorizer(Http http, RegistrySettings settings) {
        this.http = http;
        this.settings = settings;
    }

    /** {@return value of the header {@code Authorization}, if an earlier one is still good} */
    synchronized Optional<String> known(Key key) {
        return Optional.ofNullable(kept.get(key))
                .filter(header -> Instant.now().isBefore(header.expiry))
                .map(Header::value);
    }

    private synchronized void keep(Key key, Header header) {
        kept.remove(key);
        kept.put(key, header);
        if (kept.size() > MAX_KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /**
     * @param key what for
     * @param challenges what the registry wants
     * @return value of the header {@code Authorization}; empty if the challenges cannot be answered
     */
    Optional<String> answer(Key key, List<Challenge> challenges)
            throws IOException, InterruptedException {
        for (Challenge challenge : challenges) {
            if (challenge.scheme().equals("bearer")) {
                Header token = token(key, challenge);
                keep(key, token);
                return Optional.of(token.value);
            }
            if (challenge.scheme().equals("basic") && !key.credentials.username().isEmpty()) {
                String basic = basic(key.credentials);
                keep(key, new Header(basic, Instant.now().plusSeconds(MAX_SECONDS)));
                return Optional.of(basic);
            }
        }
        return Optional.empty();
    }

    private static String basic(Credentials credentials) {
        String pair = credentials.username() + ":" + credentials.password();
        return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    }

    /** The token protocol of docker's registries (distribution, docs/spec/auth/token.md). */
    private Header token(Key key, Challenge challenge) throws IOException, InterruptedException {
        URI uri = tokenUri(key, challenge);
        Map<String, String> headers =
                key.credentials.username().isEmpty()
                        ? Map.of()
                        : Map.of("Authorization", basic(key.credentials));
        try (Answer answer = http.send("GET", uri, headers)) {
            if (answer.status() == 401 || answer.status() == 403) {
                throw new Unavailable(
                        "%s refuses access to %s: %s"
                                .formatted(Http.host(uri), key.repository, answer.error()));
            }
            if (answer.status() != 200) {
                throw new Unavailable(
                        "%s gives no token for %s: %s"
                                .formatted(Http.host(uri), key.repository, answer.error()));
            }
            return header(answer.body().readNBytes(MAX_TOKEN), Http.host(uri));
        }
    }

    private static Header header(byte[] body, String host) {
        try {
            JsonObject json = JsonObject.parse(body, "token of " + host);
            String token = json.text("token", json.text("access_token", ""));
            if (!token.matches("[\\x21-\\x7e]+")) {
                throw new InvalidSpec("the token is empty or malformed");
            }
            long seconds = Math.clamp(json.number("expires_in", DEFAULT_SECONDS), 1, MAX_SECONDS);
            // Used up a little early, so that it does not run out on the way.
            Duration good = Duration.ofSeconds(seconds).multipliedBy(3).dividedBy(4);
            return new Header("Bearer " + token, Instant.now().plus(good));
        } catch (InvalidSpec e) {
            throw new Unavailable(host + " gives no token: " + e.getMessage(), e);
        }
    }

    private URI tokenUri(Key key, Challenge challenge) {
        String realm = challenge.parameter("realm");
        String scope = challenge.parameter("scope");
        if (scope.isEmpty()) {
            scope = "repository:" + key.repository + ":pull";
        }
        String query = "scope=" + encode(scope);
        String service = challenge.parameter("service");
        if (!service.isEmpty()) {
            query = "service=" + encode(service) + "&" + query;
        }
        try {
            URI uri = URI.create(realm + (realm.contains("?") ? "&" : "?") + query);
            boolean plain = "http".equals(uri.getScheme()) && settings.isInsecure(Http.host(uri));
            if (uri.getHost() != null && ("https".equals(uri.getScheme()) || plain)) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            // Reported below like any other realm that is of no use.
        }
        throw new Unavailable(
                "%s wants a token from %s, which is not trusted"
                        .formatted(key.registry, Printable.line(realm, 120)));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
