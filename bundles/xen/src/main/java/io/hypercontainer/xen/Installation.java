// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Probe;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.HostSize;
import io.hypercontainer.api.hypervisor.Isolation;
import io.hypercontainer.linux.LoopDevices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Xen as it is on this host.
 *
 * @param xl the tool stack
 * @param socket that of xenstored
 * @param type what machines are: {@code auto}, {@code pvh} or {@code pv}
 */
record Installation(Xl xl, Path socket, String type) {
    static final String PVH = "pvh";
    static final String PV = "pv";
    private static final String AUTO = "auto";
    private static final Path CAPABILITIES = Path.of("/proc/xen/capabilities");
    private static final Path TYPE = Path.of("/sys/hypervisor/type");
    private static final Path VERSION = Path.of("/sys/hypervisor/version");

    /** Channels came with 4.5, PVH guests as they are now with 4.10. */
    private record Version(int major, int minor) {
        boolean atLeast(int otherMajor, int otherMinor) {
            return major > otherMajor || (major == otherMajor && minor >= otherMinor);
        }

        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    Installation {
        if (!List.of(AUTO, PVH, PV).contains(type)) {
            throw new InvalidSpec("type of hyper.xen is '" + type + "': use auto, pvh or pv");
        }
    }

    Probe probe(boolean hasNetwork) {
        var facts = new LinkedHashMap<String, String>();
        var missing = missing();
        if (!missing.isEmpty()) {
            return new Probe(false, missing, facts);
        }
        facts.put("xen", version().map(Version::toString).orElse("unknown"));
        facts.put("tool stack", xl.program());
        var reasons = new ArrayList<String>();
        try {
            facts.put("guests", fact("virt_caps"));
            if (!fact("xen_commandline").contains("dom0_mem=")) {
                reasons.add(
                        "dom0 has all memory, and gives some away for each machine, slowly: boot"
                                + " Xen with dom0_mem=1024M,max:1024M or more");
            }
        } catch (DriverFailure e) {
            return new Probe(false, List.of(String.valueOf(e.getMessage())), facts);
        }
        facts.put("network", hasNetwork ? "slirp4netns" : "none");
        if (!hasNetwork) {
            reasons.add(
                    "machines have no network: install packages slirp4netns and iproute2 and restart"
                            + " this bundle");
        }
        if (!JoinedDisks.usable()) {
            reasons.add(
                    "each layer of an image is a disk, which takes memory of its guest and time to"
                            + " start: modprobe dm-mod and restart this bundle, and all layers are"
                            + " one");
        }
        return new Probe(true, reasons, facts);
    }

    private List<String> missing() {
        if (!content(TYPE).equals("xen")) {
            return List.of(
                    "this is no Xen host: install package xen-system-amd64 and boot Xen with this"
                            + " system as dom0");
        }
        var capabilities = content(CAPABILITIES);
        if (capabilities.isEmpty()) {
            return List.of(
                    CAPABILITIES + " is missing: mount xenfs on /proc/xen (service xen does)");
        }
        if (!capabilities.contains("control_d")) {
            return List.of("this is a guest of Xen: only dom0 can start machines");
        }
        var missing = new ArrayList<String>();
        var version = version();
        if (version.isEmpty() || !version.get().atLeast(4, 5)) {
            missing.add(
                    "Xen %s is too old: 4.5 or newer is needed"
                            .formatted(version.map(Version::toString).orElse("unknown")));
        }
        if (!Files.isExecutable(Path.of(xl.program()))) {
            missing.add(xl.program() + " is missing: install package xen-utils-common");
        }
        if (!Files.exists(socket)) {
            missing.add("xenstored is not there (" + socket + "): start service xen");
        }
        if (!LoopDevices.usable()) {
            missing.add("there are no loop devices, or not for this user: modprobe loop, be root");
        }
        return missing;
    }

    /** {@return what machines are here} */
    Acceleration acceleration() {
        var capable =
                version().filter(v -> v.atLeast(4, 10)).isPresent()
                        && fact("virt_caps").contains("hvm");
        if (type.equals(PVH) && !capable) {
            throw new Unavailable(
                    "type of hyper.xen is pvh, and this processor or version of Xen has no such"
                            + " guests: set it to auto");
        }
        if (capable && !type.equals(PV)) {
            return new Acceleration(
                    PVH, Isolation.HARDWARE, "PVH guests: the processor separates them");
        }
        return new Acceleration(
                PV,
                Isolation.PARAVIRTUAL,
                type.equals(PV)
                        ? "PV guests, as type of hyper.xen says"
                        : "PV guests: the processor has no virtualization, or it is switched off");
    }

    /** {@return what Xen has, of which dom0 sees its own part only} */
    Optional<HostSize> hostSize() {
        try {
            return Optional.of(
                    new HostSize(
                            Long.parseLong(fact("total_memory")) << 20,
                            Integer.parseInt(fact("nr_cpus"))));
        } catch (DriverFailure | NumberFormatException e) {
            return Optional.empty(); // where Xen does not run; a probe says so
        }
    }

    private String fact(String name) {
        return xl.info().getOrDefault(name, "");
    }

    private static Optional<Version> version() {
        try {
            return Optional.of(
                    new Version(
                            Integer.parseInt(content(VERSION.resolve("major"))),
                            Integer.parseInt(content(VERSION.resolve("minor")))));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static String content(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
