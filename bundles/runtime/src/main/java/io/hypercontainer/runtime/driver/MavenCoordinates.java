// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.InvalidSpec;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * A jar's place in any Maven repository.
 *
 * @param group {@code com.example}
 * @param artifact {@code driver}
 * @param version {@code 1.0.0}
 */
record MavenCoordinates(String group, String artifact, String version) {
    static final String SCHEME = "mvn:";
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

    static MavenCoordinates parse(String address) {
        String[] parts = address.substring(SCHEME.length()).split(":", -1);
        if (parts.length != 3) {
            throw malformed(address);
        }
        for (String part : parts) {
            if (!PART.matcher(part).matches()) {
                throw malformed(address);
            }
        }
        return new MavenCoordinates(parts[0], parts[1], parts[2]);
    }

    private static InvalidSpec malformed(String address) {
        return new InvalidSpec(
                "'" + address + "' is no address: expected mvn:GROUP:ARTIFACT:VERSION");
    }

    /** {@return where a repository with the usual layout has it} */
    URI in(URI repository) {
        String base = repository.toString();
        return URI.create(
                (base.endsWith("/") ? base : base + "/")
                        + group.replace('.', '/')
                        + "/"
                        + artifact
                        + "/"
                        + version
                        + "/"
                        + artifact
                        + "-"
                        + version
                        + ".jar");
    }

    @Override
    public String toString() {
        return SCHEME + group + ":" + artifact + ":" + version;
    }
}
