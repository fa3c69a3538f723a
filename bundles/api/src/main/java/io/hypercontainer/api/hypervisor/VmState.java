// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

/** State of a virtual machine as its hypervisor sees it. */
public enum VmState {
    /** Virtual CPUs run. */
    RUNNING,
    /** Virtual CPUs are stopped and can go on. */
    PAUSED,
    /** It is gone. */
    ENDED
}
