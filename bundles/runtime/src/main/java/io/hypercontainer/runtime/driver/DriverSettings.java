// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.runtime.config.HyperdFile;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The configuration in effect.
 *
 * @param repositories Maven repositories, in the order in which they are asked
 * @param trusted certificates whose signatures are accepted; empty if none is asked for
 * @param maxBytes the most that a bundle may have
 * @param downloadTime how long a download may take
 * @param startTime how long a driver may take to come up
 */
record DriverSettings(
        List<URI> repositories,
        Optional<Path> trusted,
        long maxBytes,
        Duration downloadTime,
        Duration startTime) {
    /** Of hyperd's configuration file. */
    private static final String TRUSTED = "TrustedDrivers";

    DriverSettings {
        repositories = List.copyOf(repositories);
    }

    static DriverSettings of(DriverConfig config, HyperdFile file, Path userHome) {
        List<URI> repositories = new ArrayList<>();
        repositories.add(userHome.resolve(".m2/repository").toUri());
        Arrays.stream(config.maven_repositories())
                .filter(url -> !url.isBlank())
                .map(url -> URI.create(url.strip()))
                .forEach(repositories::add);
        return new DriverSettings(
                repositories,
                Optional.of(file.value(TRUSTED).orElse(config.trusted()))
                        .filter(path -> !path.isBlank())
                        .map(Path::of),
                (long) config.size_mib() << 20,
                Duration.ofSeconds(config.download_seconds()),
                Duration.ofSeconds(config.start_seconds()));
    }
}
