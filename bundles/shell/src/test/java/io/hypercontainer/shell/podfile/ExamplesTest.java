// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The example pods are right, and need nothing but the built-in image. */
class ExamplesTest {
    private static final Path FOLDER = Path.of("../../examples/pods");

    static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(FOLDER)) {
            return all.filter(p -> p.toString().matches(".*\\.(yaml|json)")).sorted().toList();
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRight(Path file) throws IOException, InvalidPodFile {
        PodFile pod =
                PodFile.parse(file.toString(), Files.readAllBytes(file), false, Optional.empty());

        assertThat(pod.images()).containsExactly("busybox");
        assertThat(Files.readString(FOLDER.resolve("README.md")))
                .contains("| `" + file.getFileName() + "` |");
        assertThat(Files.readString(file))
                .contains("hyperctl pod run --podfile " + file.getFileName());
    }
}
