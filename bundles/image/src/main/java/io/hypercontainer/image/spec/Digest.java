// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Names content by its SHA-256.
 *
 * @param hex 64 lower-case hex digits
 */
public record Digest(String hex) implements Comparable<Digest> {
    private static final String PREFIX = "sha256:";
    private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");

    /** Checks the form, because digests become file names. */
    public Digest {
        if (!HEX.matcher(hex).matches()) {
            throw new IllegalArgumentException("not 64 hex digits");
        }
    }

    /**
     * @param text {@code sha256:} and 64 hex digits
     * @return the digest, or empty if the text is none
     */
    public static Optional<Digest> find(String text) {
        if (!text.startsWith(PREFIX) || !HEX.matcher(text.substring(PREFIX.length())).matches()) {
            return Optional.empty();
        }
        return Optional.of(new Digest(text.substring(PREFIX.length())));
    }

    /**
     * @param text {@code sha256:} and 64 hex digits
     * @param where what it was found in, for the message
     * @return the digest
     */
    public static Digest parse(String text, String where) {
        return find(text)
                .orElseThrow(() ->
                        new InvalidSpec(
                                where + ": " + Printable.line(text, 80) + " is no sha256 digest"));
    }

    /**
     * @param content bytes
     * @return their digest
     */
    public static Digest of(byte[] content) {
        return ofHash(sha256().digest(content));
    }

    /**
     * @param hash a finished SHA-256
     * @return the digest
     */
    public static Digest ofHash(byte[] hash) {
        return new Digest(HexFormat.of().formatHex(hash));
    }

    /** {@return a new SHA-256} */
    public static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** {@return the first 12 hex digits, as users see them} */
    public String brief() {
        return hex.substring(0, 12);
    }

    @Override
    public int compareTo(Digest other) {
        return hex.compareTo(other.hex);
    }

    @Override
    public String toString() {
        return PREFIX + hex;
    }
}
