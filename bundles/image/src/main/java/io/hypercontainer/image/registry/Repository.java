// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.image.spec.Descriptor;
import io.hypercontainer.image.spec.Digest;
import io.hypercontainer.image.spec.Document;
import io.hypercontainer.image.spec.MediaTypes;
import io.hypercontainer.image.spec.Printable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A repository of a registry, as one user sees it (OCI distribution-spec, pull). */
public final class Repository {
    private static final String ACCEPT = String.join(", ", MediaTypes.DOCUMENTS);

    private final Http http;
    private final Authorizer authorizer;
    private final Authorizer.Key key;
    private final URI base;
    private final String name;

    /**
     * A manifest or index.
     *
     * @param bytes its bytes
     * @param mediaType what the registry says it is
     * @param digest its digest
     */
    public record Fetched(byte[] bytes, String mediaType, Digest digest) {}

    /**
     * A part of a blob.
     *
     * @param offset where in the blob it begins
     * @param body the bytes
     */
    record Part(long offset, InputStream body) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /**
     * @param http sends requests
     * @param authorizer answers challenges
     * @param key which repository, for whom
     * @param base URL of the registry, without {@code /v2/}
     * @param name the repository's name for users
     */
    Repository(Http http, Authorizer authorizer, Authorizer.Key key, URI base, String name) {
        this.http = http;
        this.authorizer = authorizer;
        this.key = key;
        this.base = base;
        this.name = name;
    }

    /** {@return host and port of the registry} */
    public String host() {
        return Http.host(base);
    }

    /**
     * Asks for a digest with one request.
     *
     * @param tag a tag
     * @return the digest that the tag has now, if the registry tells
     */
    public Optional<Digest> digest(String tag) {
        String what = "cannot look for " + name + ":" + tag;
        try (Answer answer = send("HEAD", "manifests/" + tag, Map.of("Accept", ACCEPT), what)) {
            return answer.status() == 200
                    ? Digest.find(answer.header("Docker-Content-Digest"))
                    : Optional.empty();
        } catch (IOException e) {
            throw Http.unavailable(what, base, e);
        }
    }

    /**
     * @param tag a tag
     * @return the document that it names
     */
    public Fetched fetch(String tag) {
        return fetch(tag, name + ":" + tag, Optional.empty());
    }

    /**
     * @param digest digest of a document
     * @return the document, verified
     */
    public Fetched fetch(Digest digest) {
        return fetch(digest.toString(), name + "@" + digest, Optional.of(digest));
    }

    private Fetched fetch(String reference, String where, Optional<Digest> wanted) {
        String what = "cannot fetch the manifest of " + where;
        try (Answer answer =
                send("GET", "manifests/" + reference, Map.of("Accept", ACCEPT), what)) {
            if (answer.status() != 200) {
                throw refusal(answer, "manifest for " + where, what);
            }
            String type = answer.contentType();
            if (type.equals("text/html")) {
                throw new Unavailable(
                        what + ": " + host() + " answers with a web page; it is no registry");
            }
            byte[] bytes = answer.body().readNBytes(Document.MAX_BYTES + 1);
            if (bytes.length > Document.MAX_BYTES) {
                throw new InvalidSpec(
                        "manifest of " + where + " is larger than " + Document.MAX_BYTES);
            }
            Digest digest = Digest.of(bytes);
            Optional<Digest> expected =
                    wanted.or(() -> Digest.find(answer.header("Docker-Content-Digest")));
            if (expected.isPresent() && !expected.get().equals(digest)) {
                throw new InvalidSpec(
                        "manifest of %s was damaged on the way: its digest is %s, not %s"
                                .formatted(where, digest, expected.get()));
            }
            return new Fetched(bytes, type, digest);
        } catch (IOException e) {
            throw Http.unavailable(what, base, e);
        }
    }

    /**
     * Opens a blob.
     *
     * @param blob which
     * @param offset where to begin
     * @return a part that begins there or, if the registry cannot do that, at 0
     * @throws IOException if trying again may help
     */
    Part open(Descriptor blob, long offset) throws IOException {
        String what = "cannot fetch blob " + blob.digest() + " of " + name;
        Map<String, String> headers = new HashMap<>();
        if (offset > 0) {
            headers.put("Range", "bytes=" + offset + "-");
        }
        Answer answer = send("GET", "blobs/" + blob.digest(), headers, what);
        boolean complete = false;
        try {
            Part part = part(answer, blob, offset, what);
            complete = true;
            return part;
        } finally {
            if (!complete) {
                answer.close();
            }
        }
    }

    private Part part(Answer answer, Descriptor blob, long offset, String what) throws IOException {
        int status = answer.status();
        if (status == 200) {
            long length = answer.headers().firstValueAsLong("Content-Length").orElse(blob.size());
            if (length != blob.size()) {
                throw new InvalidSpec(
                        "%s: its manifest says %d bytes, %s has %d"
                                .formatted(what, blob.size(), host(), length));
            }
            return new Part(0, answer.body());
        }
        if (status == 206) {
            String range = answer.header("Content-Range");
            if (!range.startsWith("bytes " + offset + "-")) {
                throw new Unavailable(
                        "%s: %s sends the range %s when asked for %d and on"
                                .formatted(what, host(), Printable.line(range, 60), offset));
            }
            return new Part(offset, answer.body());
        }
        if (status == 408 || status == 429 || status >= 500) {
            throw new IOException(answer.error());
        }
        throw refusal(answer, "blob " + blob.digest() + " of " + name, what);
    }

    private Answer send(String method, String path, Map<String, String> headers, String what)
            throws IOException {
        URI uri = URI.create(base + "/v2/" + key.repository() + "/" + path);
        try {
            Optional<String> known = authorizer.known(key);
            Answer answer = http.send(method, uri, with(headers, known));
            // After a redirection it is not the registry that asks.
            if (answer.status() != 401 || !Http.host(answer.uri()).equals(host())) {
                return answer;
            }
            List<Challenge> challenges =
                    Challenge.parse(answer.headers().allValues("WWW-Authenticate"));
            Optional<String> fresh = authorizer.answer(key, challenges);
            if (fresh.isEmpty()) {
                return answer;
            }
            answer.close();
            return http.send(method, uri, with(headers, fresh));
        } catch (InterruptedException e) {
            throw new Interrupted(what, e);
        }
    }

    private static Map<String, String> with(
            Map<String, String> headers, Optional<String> authorization) {
        Map<String, String> all = new HashMap<>(headers);
        authorization.ifPresent(value -> all.put("Authorization", value));
        return all;
    }

    private HyperException refusal(Answer answer, String thing, String what) {
        return switch (answer.status()) {
            case 401 ->
                    new Unavailable(
                            key.credentials().username().isEmpty()
                                    ? "pull access denied for "
                                            + name
                                            + ": it does not exist, or a login to "
                                            + host()
                                            + " is needed"
                                    : "pull access denied for "
                                            + name
                                            + ": "
                                            + host()
                                            + " does not accept the login of "
                                            + Printable.line(key.credentials().username(), 60));
            case 403 -> new Unavailable("pull access denied for " + name + ": " + answer.error());
            case 404 ->
                    new NotFound(thing + " not found: " + host() + " answers " + answer.error());
            case 429 ->
                    new Unavailable(
                            what
                                    + ": "
                                    + host()
                                    + " allows no more requests now"
                                    + retryAfter(answer)
                                    + "; a login may raise the limit");
            default -> new Unavailable(what + ": " + host() + " answers " + answer.error());
        };
    }

    private static String retryAfter(Answer answer) {
        String after = answer.header("Retry-After");
        return after.matches("[0-9]{1,6}") ? ", try again in " + after + " s" : "";
    }
}
