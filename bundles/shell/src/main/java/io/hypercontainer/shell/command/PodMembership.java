// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.Limits;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.shell.command.option.PidsOption;
import java.util.Optional;

/**
 * What the options for a machine mean for a container: without a pod they are about the machine
 * that it gets, in a pod {@code --memory} and {@code --cpus} are its share, and the rest is the
 * pod's business.
 */
final class PodMembership {
    private final Optional<String> pod;
    private final MachineSpec wanted;

    PodMembership(Optional<String> pod, MachineOptions options) {
        this.pod = pod;
        this.wanted = options.spec();
        refuse("--hypervisor", wanted.hypervisor().isPresent());
        refuse("--storage", wanted.storage().isPresent());
        refuse("--network", wanted.network().isPresent());
        refuse("--require-kvm", wanted.requireHardware());
    }

    /** Refuses an option of a container that is added to a pod. */
    void refuse(String option, boolean given) {
        if (given && pod.isPresent()) {
            throw new InvalidSpec(
                    option
                            + " does not go with --pod: it is decided for all containers of pod '"
                            + pod.get()
                            + "' when that is made");
        }
    }

    MachineSpec machine() {
        return pod.isEmpty()
                ? wanted
                : new MachineSpec(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        wanted.rootBytes(),
                        false);
    }

    Limits share(Optional<String> pids) {
        return new Limits(
                wanted.memoryBytes().orElse(0L),
                wanted.cpus().orElse(0.0),
                pids.map(PidsOption::parse).orElse(0));
    }
}
