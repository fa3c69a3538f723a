// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.time.Instant;

/**
 * The end of a virtual machine.
 *
 * @param orderly whether the guest powered itself off
 * @param reason one line: what was seen, with the last console lines if not orderly
 * @param at when the driver noticed
 */
public record VmExit(boolean orderly, String reason, Instant at) {}
