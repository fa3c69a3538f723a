// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.time.Instant;
import java.util.Map;

/**
 * Something that happened, in docker's words.
 *
 * @param time when
 * @param type {@code container}, {@code pod}, {@code image}, {@code volume}, {@code network} or
 *     {@code daemon}
 * @param action what: {@code create}, {@code start}, {@code die} and so on
 * @param id id of what it happened to
 * @param attributes more about it, such as {@code name}, {@code image}, {@code exitCode}
 */
public record Event(
        Instant time, String type, String action, String id, Map<String, String> attributes) {
    /** Keeps an unmodifiable copy. */
    public Event {
        attributes = Map.copyOf(attributes);
    }
}
