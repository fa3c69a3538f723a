// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.agent;

import java.time.Duration;
import java.time.Instant;

/**
 * A process in a container, as its guest sees it.
 *
 * @param pid its number in the container
 * @param parent its parent's number
 * @param user owner's name in the container, or number
 * @param started when it was started
 * @param terminal its terminal such as {@code pts/0}, {@code ?} for none
 * @param cpuTime processor time it has used
 * @param command its command line
 */
public record ProcessInfo(
        int pid,
        int parent,
        String user,
        Instant started,
        String terminal,
        Duration cpuTime,
        String command) {}
