// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.Conflict;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.runtime.DriverSource;
import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.api.runtime.DriverStatus.State;
import io.hypercontainer.api.runtime.Drivers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Drivers in memory. */
final class FakeDrivers implements Drivers {
    final List<String> calls = new ArrayList<>();
    final List<DriverStatus> all =
            new ArrayList<>(
                    List.of(
                            driver("hypervisor", "qemu", State.ACTIVE, 3, ""),
                            driver("network", "user", State.ACTIVE, 1, ""),
                            driver(
                                    "storage",
                                    "overlay",
                                    State.UNUSABLE,
                                    0,
                                    "mke2fs is missing: install package e2fsprogs, and more words"
                                            + " than fit"),
                            new DriverStatus(
                                    "",
                                    "bad.jar",
                                    "",
                                    "",
                                    -1,
                                    State.REFUSED,
                                    false,
                                    List.of("deploy/bad.jar is not a jar"),
                                    Map.of(),
                                    List.of(),
                                    0,
                                    "deploy/bad.jar")));

    static DriverStatus driver(String kind, String name, State state, int uses, String reason) {
        return new DriverStatus(
                kind,
                name,
                "io.hypercontainer." + name,
                "0.1.0",
                7,
                state,
                state == State.ACTIVE,
                reason.isEmpty() ? List.of("all is well") : List.of(reason),
                Map.of("version", "7.2"),
                List.of("hotplug-disk", "hotplug-nic", "joined-disk", "pause"),
                uses,
                "built-in");
    }

    @Override
    public List<DriverStatus> list() {
        return all;
    }

    @Override
    public List<DriverStatus> get(String driver) {
        List<DriverStatus> found = all.stream().filter(d -> d.name().equals(driver)).toList();
        if (found.isEmpty()) {
            throw new NotFound("there is no driver '" + driver + "'");
        }
        return found;
    }

    @Override
    public List<DriverStatus> install(DriverSource source) {
        calls.add("install " + text(source));
        if (text(source).contains("bad")) {
            throw new InvalidSpec("bad.jar is not a jar");
        }
        return List.of(driver("hypervisor", "uml", State.ACTIVE, 0, ""));
    }

    @Override
    public List<DriverStatus> update(String driver, Optional<DriverSource> source) {
        calls.add("update " + driver + source.map(s -> " " + text(s)).orElse(""));
        return get(driver);
    }

    @Override
    public void remove(String driver, boolean force) {
        if (driver.equals("qemu") && !force) {
            throw new Conflict("hypervisor driver 'qemu' has 3 virtual machines");
        }
        calls.add("remove " + driver);
    }

    private static String text(DriverSource source) {
        return switch (source) {
            case DriverSource.Address(var address) -> address;
            case DriverSource.Content(var name, var jar) -> {
                try {
                    yield name + ": " + new String(jar.readAllBytes(), StandardCharsets.UTF_8);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        };
    }
}
