// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.hypervisor.VirtualMachine;

/**
 * A machine that waits for a container.
 *
 * @param kind what it can become
 * @param hypervisor the driver that has it
 * @param machine the machine
 * @param place its folder
 */
record Spare(
        SpareKind kind, Hypervisor hypervisor, VirtualMachine machine, SpareStore.Place place) {}
