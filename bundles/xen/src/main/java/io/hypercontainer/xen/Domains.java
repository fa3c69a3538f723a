// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import java.util.List;
import java.util.OptionalInt;

/** The domains of machines. A number is given to another domain later, a UUID never. */
final class Domains {
    private final Xl xl;
    private final XenStore store;

    Domains(Xl xl, XenStore store) {
        this.xl = xl;
        this.store = store;
    }

    /** Makes a machine's domain, which does not run yet. */
    MachineState create(MachineState state) {
        xl.create(state.folder().config());
        var domain =
                find(state.uuid())
                        .orElseThrow(() ->
                                new DriverFailure(
                                        "xl has made no domain for machine " + state.id()));
        var watching = HostProcess.withArgument(state.folder().config().toString());
        var model =
                store.read("/local/domain/" + domain + "/image/device-model-pid")
                        .flatMap(pid -> HostProcess.of(Long.parseLong(pid)));
        if (watching.size() != 1 || model.isEmpty()) {
            throw new DriverFailure(
                    "domain %s of machine %s lacks a process of Xen's: see /var/log/xen"
                            .formatted(state.domainName(), state.id()));
        }
        return state.withDomain(domain, List.of(model.get(), watching.getFirst()));
    }

    void unpause(MachineState state) {
        xl.unpause(state.domain());
    }

    void pause(MachineState state) {
        xl.pause(state.domain());
    }

    /** {@return whether there is still a domain of this machine} */
    boolean exists(MachineState state) {
        return isOf(state.domain(), state.uuid());
    }

    /** {@return whether all is there that the machine lives by} */
    boolean lives(MachineState state) {
        return state.domain() > 0
                && exists(state)
                && state.processes().stream().allMatch(HostProcess::alive);
    }

    /** Destroys whatever there is of a machine's domain. */
    void destroy(MachineState state) {
        // One that is still making it, and the one that would destroy it at the same time as this.
        var making = HostProcess.withArgument(state.folder().config().toString());
        making.forEach(HostProcess::kill);
        Await.until(
                "the end of xl for machine " + state.id(),
                () -> making.stream().noneMatch(HostProcess::alive));
        find(state.uuid()).ifPresent(domain -> destroy(domain, state));
        state.processes().forEach(HostProcess::kill);
        Await.until(
                "the end of Xen's processes for machine " + state.id(),
                () -> state.processes().stream().noneMatch(HostProcess::alive));
        forget(state.domain());
    }

    /** What was written for a domain just when it ended would stay for good. */
    private void forget(int domain) {
        var home = "/local/domain/" + domain;
        if (domain > 0 && store.read(home + "/vm").isEmpty()) {
            store.remove(home);
        }
    }

    private void destroy(int domain, MachineState state) {
        try {
            xl.destroy(domain);
        } catch (DriverFailure e) {
            if (isOf(domain, state.uuid())) {
                throw e;
            }
        }
        Await.until("the end of domain " + state.domainName(), () -> !isOf(domain, state.uuid()));
    }

    private OptionalInt find(String uuid) {
        return store.domains().stream()
                .filter(domain -> isOf(domain, uuid))
                .mapToInt(domain -> domain)
                .findFirst();
    }

    private boolean isOf(int domain, String uuid) {
        return store.read("/local/domain/" + domain + "/vm")
                .filter(("/vm/" + uuid)::equals)
                .isPresent();
    }
}
