// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.image.Images.Credentials;
import io.hypercontainer.image.spec.Reference;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the registries that may have an image. */
public final class RegistryClient implements AutoCloseable {
    private static final String HUB_HOST = "registry-1.docker.io";

    private final RegistrySettings settings;
    private final Http http;
    private final Authorizer authorizer;

    /**
     * @param settings how to talk to registries
     */
    public RegistryClient(RegistrySettings settings) {
        this.settings = settings;
        http = new Http(settings);
        authorizer = new Authorizer(http, settings);
    }

    /**
     * @param reference an image
     * @param credentials for its registry; mirrors do not get them
     * @return where to look, first mirrors, last the registry itself
     */
    public List<Repository> repositories(Reference reference, Credentials credentials) {
        List<Repository> all = new ArrayList<>();
        String host = reference.registry();
        if (host.equals(Reference.DOCKER_HUB)) {
            host = HUB_HOST;
            for (URI mirror : settings.mirrors()) {
                all.add(repository(reference, mirror, Credentials.NONE));
            }
        }
        String scheme = settings.isInsecure(host) ? "http" : "https";
        all.add(repository(reference, URI.create(scheme + "://" + host), credentials));
        return all;
    }

    private Repository repository(Reference reference, URI base, Credentials credentials) {
        Authorizer.Key key = new Authorizer.Key(base.toString(), reference.path(), credentials);
        String name =
                new Reference(
                                reference.registry(),
                                reference.path(),
                                Optional.empty(),
                                Optional.empty())
                        .familiar();
        return new Repository(http, authorizer, key, base, name);
    }

    /** Ends all connections. */
    @Override
    public void close() {
        http.close();
    }
}
