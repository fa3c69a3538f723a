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
 */
record Host(
        Ledger ledger,
        Xl xl,
        XenStore store,
        Domains domains,
        BlockDevices devices,
        UserNetwork network) {

    /** Ends all of a machine that is there, and gives back what it held. */
    void release(MachineState state) {
        domains.destroy(state);
        for (var i = 0; i < state.nics().size(); i++) {
            network.end(state, i);
        }
        devices.release(state, state.disks());
        ledger.forget(state.id());
    }
}
