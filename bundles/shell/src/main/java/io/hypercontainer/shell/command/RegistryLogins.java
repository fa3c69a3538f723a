// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.image.Images.Credentials;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What {@code docker login} has kept for whoever typed the command: {@code auths} of the file
 * {@code config.json} in {@code $DOCKER_CONFIG} or {@code ~/.docker} (docker's documentation of
 * {@code docker login}). Credential helpers are not asked.
 */
final class RegistryLogins {
    private static final String DOCKER_HUB = "https://index.docker.io/v1/";
    private static final int LARGEST = 1 << 20;
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private RegistryLogins() {}

    /** {@return the credentials for the registry of an image, {@link Credentials#NONE} without} */
    static Credentials of(Session session, String image) {
        var file = file(session);
        byte[] content;
        try (InputStream in = session.read(file)) {
            content = in.readNBytes(LARGEST + 1);
        } catch (IOException _) {
            return Credentials.NONE; // Nobody has logged in.
        }
        if (content.length > LARGEST) {
            throw new InvalidSpec(file + " is larger than 1 MiB");
        }
        try {
            return credentials(JSON.readTree(content).path("auths").path(registry(image)));
        } catch (JacksonException | IllegalArgumentException e) {
            throw new InvalidSpec(file + " is damaged: log in again, or remove it", e);
        }
    }

    private static String file(Session session) {
        var environment = session.environment();
        var folder = environment.get("DOCKER_CONFIG");
        return (folder == null ? environment.getOrDefault("HOME", "/root") + "/.docker" : folder)
                + "/config.json";
    }

    /** The first part of a name is a registry if it looks like a host (docker's rule). */
    static String registry(String image) {
        var slash = image.indexOf('/');
        var first = slash < 0 ? "" : image.substring(0, slash);
        var host = first.contains(".") || first.contains(":") || first.equals("localhost");
        return host && !first.equals("docker.io") ? first : DOCKER_HUB;
    }

    private static Credentials credentials(JsonNode login) {
        var both = login.path("auth").asString("");
        if (both.isEmpty()) {
            return Credentials.NONE;
        }
        var text = new String(Base64.getDecoder().decode(both), StandardCharsets.UTF_8);
        var colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("auth");
        }
        return new Credentials(text.substring(0, colon), text.substring(colon + 1));
    }
}
