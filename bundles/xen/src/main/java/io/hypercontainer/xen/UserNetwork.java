// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.hypervisor.Forward;
import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.NicBackend;
import io.hypercontainer.xen.MachineState.NicState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A user network for a Xen interface: slirp4netns with its tap device, and the guest's interface of
 * dom0, on a bridge in a network namespace of their own. Nothing in there has an address, so the
 * guest reaches slirp4netns and nothing of dom0.
 */
final class UserNetwork {
    private static final String TAP = "tap0";
    private static final String BRIDGE = "bridge";
    private static final Path NAMESPACES = Path.of("/run/netns");
    private static final int USUAL_MTU = 1500;

    private final String ip;
    private final String slirp4netns;
    private final Ledger ledger;
    private final XenStore store;

    UserNetwork(String ip, String slirp4netns, Ledger ledger, XenStore store) {
        this.ledger = ledger;
        this.ip = ip;
        this.slirp4netns = slirp4netns;
        this.store = store;
    }

    boolean usable() {
        return Files.isExecutable(Path.of(ip)) && Files.isExecutable(Path.of(slirp4netns));
    }

    /** Starts what is behind an interface of a machine, before there is one. */
    MachineState start(MachineState state, Nic nic) {
        var planned = state.nic(nic.id()).orElseThrow();
        var process = slirp(state, planned.number(), nic);
        control(state, planned).forward(planned.guest(), planned.forwards());
        return ledger.save(state.with(planned.withProcess(process)));
    }

    /** Changes which ports an interface forwards. */
    MachineState forward(MachineState state, NicState nic, List<Forward> forwards) {
        control(state, nic).forward(nic.guest(), forwards);
        return ledger.save(state.with(nic.withForwards(forwards)));
    }

    private static Slirp control(MachineState state, NicState nic) {
        return new Slirp(state.folder().network(nic.number()));
    }

    private HostProcess slirp(MachineState state, int index, Nic nic) {
        var name = namespace(state, index);
        Programs.run(List.of(ip, "netns", "add", name));
        var user = (NicBackend.UserMode) nic.backend();
        var control = state.folder().network(index);
        var command =
                List.of(
                        "/usr/bin/setsid",
                        slirp4netns,
                        "--netns-type=path",
                        // Without it the gateway's address leads to services on 127.0.0.1.
                        "--disable-host-loopback",
                        "--enable-sandbox",
                        "--enable-seccomp",
                        "--cidr=" + user.subnet(),
                        "--mtu=" + mtu(nic),
                        "--api-socket=" + control,
                        NAMESPACES.resolve(name).toString(),
                        TAP);
        try {
            var process =
                    Programs.builder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(state.folder().networkLog(index).toFile())
                            .start();
            process.getOutputStream().close();
            Await.until(
                    "slirp4netns of machine " + state.id(),
                    () -> !process.isAlive() || new Slirp(control).isUp());
            return HostProcess.of(process.pid())
                    .filter(_ -> process.isAlive())
                    .orElseThrow(() -> ended(state, index));
        } catch (IOException e) {
            throw new DriverFailure("cannot run " + slirp4netns + ": " + e.getMessage(), e);
        }
    }

    private static DriverFailure ended(MachineState state, int index) {
        String said;
        try (var in = Files.newInputStream(state.folder().networkLog(index))) {
            said = new String(in.readNBytes(2000), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException e) {
            said = e.getMessage() + "";
        }
        return new DriverFailure(
                "slirp4netns of machine " + state.id() + " ended: " + said.strip());
    }

    /** Puts the guest's interface on the bridge, and lets Xen begin with it. */
    void connect(MachineState state, Nic nic) {
        var index = state.nic(nic.id()).orElseThrow().number();
        var name = namespace(state, index);
        var vif = "vif" + state.domain() + "." + index;
        Programs.run(List.of(ip, "link", "set", vif, "mtu", "" + mtu(nic), "netns", name));
        Programs.run(
                List.of(ip, "-netns", name, "-batch", "-"),
                """
                link add %1$s mtu %4$d type bridge
                link set %2$s master %1$s up
                link set %3$s master %1$s up
                link set %1$s up
                """
                        .formatted(BRIDGE, TAP, vif, mtu(nic)));
        store.write(backend(state, index) + "/hotplug-status", "connected");
    }

    private static String backend(MachineState state, int index) {
        return "/local/domain/0/backend/vif/%d/%d".formatted(state.domain(), index);
    }

    /** {@return whether Xen has the interface} */
    boolean exists(MachineState state, NicState nic) {
        return store.read(backend(state, nic.number())).isPresent();
    }

    /** Ends what is behind an interface; does nothing if there is nothing. */
    void end(MachineState state, NicState nic) {
        var index = nic.number();
        var mine = HostProcess.withArgument("--api-socket=" + state.folder().network(index));
        mine.forEach(HostProcess::kill);
        Await.until(
                "the end of slirp4netns of machine " + state.id(),
                () -> mine.stream().noneMatch(HostProcess::alive));
        var name = namespace(state, index);
        if (Files.exists(NAMESPACES.resolve(name))) {
            Programs.run(List.of(ip, "netns", "delete", name));
        }
    }

    private static int mtu(Nic nic) {
        return nic.mtu() > 0 ? nic.mtu() : USUAL_MTU;
    }

    private static String namespace(MachineState state, int index) {
        return state.domainName() + "-" + index;
    }
}
