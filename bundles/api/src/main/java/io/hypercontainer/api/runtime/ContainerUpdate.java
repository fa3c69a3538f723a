// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.Optional;

/**
 * What shall change of a container; what is empty stays.
 *
 * @param memoryBytes {@link Limits#memoryBytes}
 * @param cpus {@link Limits#cpus}
 * @param pids {@link Limits#pids}
 * @param restart what happens when it ends
 */
public record ContainerUpdate(
        Optional<Long> memoryBytes,
        Optional<Double> cpus,
        Optional<Integer> pids,
        Optional<RestartPolicy> restart) {}
