// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

/**
 * Something wrong on this host.
 *
 * @param kind {@code process}, {@code mount}, {@code interface}, {@code rule}, {@code file}, {@code
 *     record} or {@code daemon}
 * @param subject what it is about: a process id, a path, a name
 * @param problem what is wrong, and what to do
 * @param garbage whether {@link Doctor#collect} removes it
 */
public record Finding(String kind, String subject, String problem, boolean garbage) {}
