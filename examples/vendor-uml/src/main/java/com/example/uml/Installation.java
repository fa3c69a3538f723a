// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.driver.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The programs of the host that machines are made with.
 *
 * @param kernel the kernel, which is a program
 * @param modules folder of its modules, a folder a release
 * @param slirp4netns what is behind network interfaces
 * @param memory folder of guests' memory
 */
record Installation(Path kernel, Path modules, Path slirp4netns, Path memory) {
    private static final Path USER_NAMESPACES =
            Path.of("/proc/sys/kernel/unprivileged_userns_clone");

    private static final Path PTRACE_SCOPE = Path.of("/proc/sys/kernel/yama/ptrace_scope");

    static Installation of(UmlConfig config) {
        return new Installation(
                Path.of(config.kernel()),
                Path.of(config.modules()),
                Path.of(config.slirp4netns()),
                Path.of(config.memory()));
    }

    boolean hasNetwork() {
        return Files.isExecutable(slirp4netns);
    }

    Path modulesOf(String release) {
        return modules.resolve(release);
    }

    /** {@return the kernel's release, such as 6.1.176} */
    String release() {
        try {
            var process =
                    new ProcessBuilder(kernel.toString(), "--version")
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (var out = process.getInputStream()) {
                var said = new String(out.readNBytes(256), StandardCharsets.US_ASCII).strip();
                if (!process.waitFor(10, TimeUnit.SECONDS)
                        || !said.matches("[0-9][0-9A-Za-z.+~-]*")) {
                    throw new DriverFailure(kernel + " --version says no release: " + said);
                }
                return said;
            } finally {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            throw new Interrupted("ask " + kernel + " for its version", e);
        } catch (IOException e) {
            throw new DriverFailure("cannot run " + kernel + ": " + e.getMessage(), e);
        }
    }

    Probe probe() {
        var missing = new ArrayList<String>();
        var facts = new LinkedHashMap<String, String>();
        if (Files.isExecutable(kernel)) {
            try {
                var release = release();
                facts.put("kernel", kernel + " " + release);
                if (!Files.isReadable(modulesOf(release).resolve("modules.dep"))) {
                    missing.add(
                            "modules of kernel %s are missing in %s: install package user-mode-linux"
                                    .formatted(release, modules));
                }
            } catch (DriverFailure e) {
                missing.add(String.valueOf(e.getMessage()));
            }
        } else {
            missing.add(kernel + " is missing: install package user-mode-linux");
        }
        for (var program : Confinement.PROGRAMS) {
            if (!Files.isExecutable(Path.of(program))) {
                missing.add(program + " is missing: install packages util-linux and coreutils");
            }
        }
        if (!Files.isWritable(memory)) {
            missing.add(memory + " cannot be written to: mount a tmpfs there");
        }
        if (!Confinement.isRoot() && content(USER_NAMESPACES).equals("0")) {
            missing.add(
                    "only root may make namespaces here: set kernel.unprivileged_userns_clone=1");
        }
        if (content(PTRACE_SCOPE).equals("3")) {
            missing.add("no process may trace another here: set kernel.yama.ptrace_scope=1");
        }
        if (!missing.isEmpty()) {
            return new Probe(false, missing, facts);
        }
        facts.put("network", hasNetwork() ? slirp4netns.toString() : "none");
        return new Probe(
                true,
                hasNetwork()
                        ? List.of()
                        : List.of(
                                slirp4netns
                                        + " is missing, so machines have no network: install"
                                        + " package slirp4netns and restart this bundle"),
                facts);
    }

    private static String content(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
