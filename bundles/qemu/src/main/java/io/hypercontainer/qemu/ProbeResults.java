// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/** Remembers what KVM probes found, until the host boots again. */
final class ProbeResults {
    private static final Logger LOG = LoggerFactory.getLogger(ProbeResults.class);
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final int KEPT = 16;

    /** What the answer depends on. */
    record Key(String kernel, String qemu, String hostBoot) {}

    record Result(Key key, boolean works, String reason) {
        Result {
            Objects.requireNonNull(key);
            Objects.requireNonNull(key.hostBoot());
            Objects.requireNonNull(reason);
        }
    }

    private record Content(int version, List<Result> results) {
        Content {
            results = List.copyOf(results);
        }
    }

    private final Path file;

    ProbeResults(Path file) {
        this.file = file;
    }

    Optional<Result> find(Key key) {
        return read().stream().filter(r -> r.key().equals(key)).findFirst();
    }

    /** Losing this file costs one more probe, so it need not survive a crash. */
    Result keep(Result result) {
        var others =
                read().stream().filter(r -> r.key().hostBoot().equals(result.key().hostBoot()));
        var kept = Stream.concat(Stream.of(result), others).limit(KEPT).toList();
        var temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(temporary, JSON.writeValueAsString(new Content(1, kept)));
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("The result of the KVM probe is not kept: {}", e.toString());
        }
        return result;
    }

    private List<Result> read() {
        try {
            return Files.exists(file)
                    ? JSON.readValue(Files.readString(file), Content.class).results()
                    : List.of();
        } catch (IOException | RuntimeException e) { // Jackson's, and those of the records' checks
            LOG.warn("{} is damaged; KVM is probed again: {}", file, e.getMessage());
            return List.of();
        }
    }
}
