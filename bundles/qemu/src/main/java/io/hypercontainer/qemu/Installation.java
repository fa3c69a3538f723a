// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.driver.Probe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The programs that the host has to have. */
final class Installation {
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.(\\d+)\\.\\S+");
    private static final Path SECCOMP = Path.of("/proc/sys/kernel/seccomp/actions_avail");
    private static final String INSTALL = "install the package qemu-system-x86";

    private final Path executable;
    private final Path virtiofsd;
    private volatile @Nullable Seen seen;

    private record Seen(FileTime modified, Version version) {}

    /**
     * @param executable QEMU
     * @param virtiofsd the virtiofs daemon
     */
    Installation(Path executable, Path virtiofsd) {
        this.executable = executable;
        this.virtiofsd = virtiofsd;
    }

    /** {@return QEMU's version, on which depends whether what was seen with a QEMU still holds} */
    String version() {
        return ask().text();
    }

    /** Asks QEMU itself, which takes as long as a third of a clone's start, so only once. */
    private Version ask() {
        try {
            var modified = Files.getLastModifiedTime(executable);
            var known = seen;
            if (known == null || !known.modified().equals(modified)) {
                known = new Seen(modified, parse(Host.run(executable.toString(), "--version")));
                seen = known;
            }
            return known.version();
        } catch (IOException e) {
            throw new Unavailable(executable + " is missing: " + INSTALL, e);
        }
    }

    boolean canShare() {
        return Host.isRoot()
                && Files.isExecutable(virtiofsd)
                && ShareServer.PROGRAMS.stream().map(Path::of).allMatch(Files::isExecutable);
    }

    Probe probe() {
        var reasons = new ArrayList<String>();
        for (var program : Confinement.PROGRAMS) {
            if (!Files.isExecutable(Path.of(program))) {
                reasons.add(program + " is missing: install the package util-linux");
            }
        }
        if (!Files.exists(SECCOMP)) {
            reasons.add(
                    "the kernel has no seccomp filters, which qemu's sandbox needs: use one with"
                            + " CONFIG_SECCOMP_FILTER");
        }
        var facts = new LinkedHashMap<String, String>();
        if (!Files.isExecutable(executable)) {
            reasons.add(executable + " is missing: " + INSTALL);
        } else {
            try {
                var version = ask();
                facts.put("version", version.text());
                if (!version.sufficient()) {
                    reasons.add(
                            "qemu %s is too old: %s in version 7.2 or newer"
                                    .formatted(version.text(), INSTALL));
                }
            } catch (HyperException e) {
                reasons.add(e.getMessage() + ": " + INSTALL);
            }
        }
        if (!reasons.isEmpty()) {
            return Probe.unusable(reasons.toArray(String[]::new));
        }
        facts.put("executable", executable.toString());
        facts.put(
                "machines run as",
                Host.isRoot() ? "one user each" : "the daemon's user, which is less safe");
        return new Probe(true, limits(), facts);
    }

    private List<String> limits() {
        if (canShare()) {
            return List.of();
        }
        return List.of(
                Host.isRoot()
                        ? ("no shared folders: %s, %s is missing: install the packages"
                                        + " qemu-system-common and util-linux")
                                .formatted(virtiofsd, String.join(", ", ShareServer.PROGRAMS))
                        : "no shared folders: virtiofsd needs the daemon to be root");
    }

    private record Version(int major, int minor, String text) {
        boolean sufficient() {
            return major > 7 || (major == 7 && minor >= 2);
        }
    }

    private static Version parse(String said) {
        var found = VERSION.matcher(said);
        if (!found.find()) {
            throw new Unavailable("qemu does not tell its version but: " + said);
        }
        return new Version(
                Integer.parseInt(found.group(1)),
                Integer.parseInt(found.group(2)),
                said.lines().findFirst().orElseThrow().replaceFirst(".*version ", ""));
    }
}
