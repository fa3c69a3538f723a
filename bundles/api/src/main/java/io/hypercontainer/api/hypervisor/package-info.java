// SPDX-License-Identifier: Apache-2.0
/**
 * The contract between the runtime and a hypervisor.
 *
 * <p><b>Driver authors</b> implement {@link io.hypercontainer.api.hypervisor.Hypervisor} and {@link
 * io.hypercontainer.api.hypervisor.VirtualMachine}; import {@code [1.0,2)}. <b>The runtime</b> is
 * the only caller: it decides what runs where, keeps the {@link
 * io.hypercontainer.api.hypervisor.VmRecord records}, and talks to the guest itself over the
 * address that a record holds.
 *
 * <p>All sizes are bytes. Everything that outlives a call is a record of JDK types.
 */
@Export
@Version("1.1.0")
@NullMarked
package io.hypercontainer.api.hypervisor;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
