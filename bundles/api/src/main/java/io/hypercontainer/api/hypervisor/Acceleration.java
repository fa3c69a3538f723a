// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

/**
 * How a hypervisor executes guests on this host.
 *
 * @param name the accelerator in the hypervisor's own words ({@code kvm}, {@code tcg}, {@code pvh})
 * @param isolation what separation it gives
 * @param reason one line that says why this one, for {@code info}
 */
public record Acceleration(String name, Isolation isolation, String reason) {}
