// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * How to talk to registries.
 *
 * @param insecure hosts, or hosts with ports, to which plain HTTP is spoken
 * @param mirrors where to look for Docker Hub's images first
 * @param concurrentDownloads how many blobs are fetched at a time
 * @param connectTime how long a connection may take
 * @param silence how long a registry may send nothing
 * @param resumptions how often a broken download is taken up again
 * @param pause time before that, longer each time
 */
public record RegistrySettings(
        Set<String> insecure,
        List<URI> mirrors,
        int concurrentDownloads,
        Duration connectTime,
        Duration silence,
        int resumptions,
        Duration pause) {
    /** Keeps unmodifiable copies. */
    public RegistrySettings {
        insecure = Set.copyOf(insecure);
        mirrors = List.copyOf(mirrors);
    }

    boolean isInsecure(String hostAndPort) {
        String host = hostAndPort.replaceFirst(":[0-9]+$", "");
        return insecure.contains(hostAndPort) || insecure.contains(host);
    }
}
