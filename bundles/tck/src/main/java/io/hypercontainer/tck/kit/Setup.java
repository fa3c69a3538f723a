// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What is checked, and with what. It travels as text: to the checks as parameters of the test run,
 * to daemons that are killed as system properties.
 *
 * @param home the distribution
 * @param jar the vendor's bundle
 * @param with further bundles that it needs
 * @param options settings of drivers, {@code [PID:]KEY=VALUE}
 * @param kind what the driver to be checked drives
 */
public record Setup(Path home, Path jar, List<Path> with, List<String> options, Kind kind) {
    private static final String PREFIX = "hyper.tck.";
    private static final String SEPARATOR = "\n";

    /** Keeps unmodifiable copies. */
    public Setup {
        with = List.copyOf(with);
        options = List.copyOf(options);
    }

    /** {@return the same for a driver of another kind} */
    public Setup of(Kind other) {
        return new Setup(home, jar, with, options, other);
    }

    /** {@return all of it as text} */
    public Map<String, String> parameters() {
        return Map.of(
                PREFIX + "home",
                home.toString(),
                PREFIX + "jar",
                jar.toString(),
                PREFIX + "with",
                with.stream().map(Path::toString).collect(Collectors.joining(SEPARATOR)),
                PREFIX + "options",
                String.join(SEPARATOR, options),
                PREFIX + "kind",
                kind.toString());
    }

    /** {@return what {@link #parameters} has told} */
    public static Setup parse(Function<String, Optional<String>> parameters) {
        Function<String, String> get =
                name ->
                        parameters
                                .apply(PREFIX + name)
                                .orElseThrow(() -> new IllegalStateException(name + " is not set"));
        return new Setup(
                Path.of(get.apply("home")),
                Path.of(get.apply("jar")),
                lines(get.apply("with")).stream().map(Path::of).toList(),
                lines(get.apply("options")),
                Kind.of(get.apply("kind")).orElseThrow());
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : Arrays.asList(text.split(SEPARATOR));
    }

    Path bundles() {
        return home.resolve("bundle");
    }

    Path kernel() {
        return home.resolve("guest/vmlinuz");
    }

    Path initrd() {
        return home.resolve("guest/initrd");
    }

    /** {@return the image that comes with the distribution} */
    public Path image() {
        return home.resolve("images/busybox.tar");
    }
}
