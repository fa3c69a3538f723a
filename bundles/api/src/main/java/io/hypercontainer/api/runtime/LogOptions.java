// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;
import java.util.Optional;

/**
 * Which part of a log to read.
 *
 * @param follow go on until the container ends
 * @param since nothing older
 * @param until nothing newer
 * @param tail only the last so many lines
 * @param stdout whether output is wanted
 * @param stderr whether error output is wanted
 */
public record LogOptions(
        boolean follow,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<Integer> tail,
        boolean stdout,
        boolean stderr) {}
