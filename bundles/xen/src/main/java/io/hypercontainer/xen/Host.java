// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

/**
 * The parts of the host that machines are made of.
 *
 * @param ledger what they hold
 * @param xl the tool stack
 * @param store xenstore
 * @param domains their domains
 * @param devices what is behind their disks
 * @param network what is behind their interfaces
 * @param memory how much memory their guests have
 * @param cpus how many CPUs their guests have
 */
record Host(
        Ledger ledger,
        Xl xl,
        XenStore store,
        Domains domains,
        BlockDevices devices,
        UserNetwork network,
        GuestMemory memory,
        GuestCpus cpus) {

    /** Ends all of a machine that is there, and gives back what it held. */
    void release(MachineState state) {
        domains.destroy(state);
        state.nics().forEach(nic -> network.end(state, nic));
        devices.release(state, state.disks());
        ledger.forget(state.id());
    }
}
