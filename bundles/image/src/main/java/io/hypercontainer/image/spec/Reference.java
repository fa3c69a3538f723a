// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A name of an image, in full. The grammar is that of docker's {@code distribution/reference}.
 *
 * @param registry host and port of the registry, {@code docker.io} for Docker Hub
 * @param path repository in the registry
 * @param tag tag, if one was named
 * @param digest digest of the manifest, if one was named
 */
public record Reference(
        String registry, String path, Optional<String> tag, Optional<Digest> digest) {
    /** Docker Hub, which names without a registry mean. */
    public static final String DOCKER_HUB = "docker.io";

    private static final String OFFICIAL = "library/";
    private static final String DEFAULT_TAG = "latest";
    private static final int MAX_NAME = 255;
    private static final int MAX_TEXT = 1024;

    private static final Pattern REGISTRY =
            Pattern.compile(
                    "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
                            + "(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
                            + "|\\[[a-fA-F0-9:]+])(?::[0-9]{1,5})?");
    private static final Pattern PATH_COMPONENT =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*");
    private static final Pattern TAG = Pattern.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern HEX_ID = Pattern.compile("[0-9a-f]{64}");

    /**
     * @param text a name as users write it
     * @return the reference
     * @throws InvalidSpec if it is malformed
     */
    public static Reference parse(String text) {
        if (text.isEmpty() || text.length() > MAX_TEXT) {
            throw invalid(text, "it is empty or too long");
        }
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            String tail = rest.substring(at + 1);
            digest =
                    Optional.of(
                            Digest.find(tail)
                                    .orElseThrow(() ->
                                            invalid(
                                                    text,
                                                    "after @ a digest is needed,"
                                                            + " sha256: and 64 hex digits")));
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            String tail = rest.substring(colon + 1);
            if (!TAG.matcher(tail).matches()) {
                throw invalid(text, "its tag is malformed");
            }
            tag = Optional.of(tail);
            rest = rest.substring(0, colon);
        }
        return named(text, rest, tag, digest);
    }

    private static Reference named(
            String text, String name, Optional<String> tag, Optional<Digest> digest) {
        if (HEX_ID.matcher(name).matches()) {
            throw invalid(text, "64 hex digits are an image id, not a name");
        }
        int slash = name.indexOf('/');
        String registry = DOCKER_HUB;
        String path = name;
        if (slash >= 0 && isRegistry(name.substring(0, slash))) {
            registry = name.substring(0, slash);
            path = name.substring(slash + 1);
        }
        if (registry.equals("index.docker.io")) {
            registry = DOCKER_HUB;
        }
        if (registry.equals(DOCKER_HUB) && path.indexOf('/') < 0) {
            path = OFFICIAL + path;
        }
        if (!path.toLowerCase(Locale.ROOT).equals(path)) {
            throw invalid(text, "repository name must be lowercase");
        }
        if (registry.length() + 1 + path.length() > MAX_NAME) {
            throw invalid(text, "its name is longer than " + MAX_NAME + " characters");
        }
        if (!REGISTRY.matcher(registry).matches()) {
            throw invalid(text, "its registry is malformed");
        }
        for (String component : path.split("/", -1)) {
            if (!PATH_COMPONENT.matcher(component).matches()) {
                throw invalid(text, "its repository name is malformed");
            }
        }
        return new Reference(registry, path, tag, digest);
    }

    /** Docker's rule: a first component is a registry only if it cannot be a user of the Hub. */
    private static boolean isRegistry(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.toLowerCase(Locale.ROOT).equals(first);
    }

    private static InvalidSpec invalid(String text, String why) {
        return new InvalidSpec(
                "invalid reference format \"" + Printable.line(text, 120) + "\": " + why);
    }

    /** {@return this reference, with {@code latest} if it has neither tag nor digest} */
    public Reference withDefaultTag() {
        return tag.isEmpty() && digest.isEmpty()
                ? new Reference(registry, path, Optional.of(DEFAULT_TAG), digest)
                : this;
    }

    /**
     * @param manifest digest of a manifest
     * @return the same repository with that digest and no tag
     */
    public Reference at(Digest manifest) {
        return new Reference(registry, path, Optional.empty(), Optional.of(manifest));
    }

    /**
     * The form under which an image is recorded: a digest says more than a tag, so a tag beside it
     * is dropped, as docker does.
     *
     * @return the reference with either tag or digest
     */
    public Reference recorded() {
        return digest.isPresent() ? at(digest.get()) : withDefaultTag();
    }

    /** {@return registry and path} */
    public String repository() {
        return registry + "/" + path;
    }

    /** {@return the name as users write it: without the Hub's name and {@code library/}} */
    public String familiar() {
        String name = path.startsWith(OFFICIAL) ? path.substring(OFFICIAL.length()) : path;
        return (readsBack(name) ? name : repository()) + suffix();
    }

    private boolean readsBack(String name) {
        return registry.equals(DOCKER_HUB)
                && !HEX_ID.matcher(name).matches()
                && named(name, name, tag, digest).equals(this);
    }

    /** {@return the name in full} */
    @Override
    public String toString() {
        return repository() + suffix();
    }

    private String suffix() {
        return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
    }
}
