// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.MountSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** {@code -v [SOURCE:]TARGET[:OPTIONS]}: a volume's name, a path of the host, or nothing. */
public final class VolumeOption {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    private VolumeOption() {}

    /**
     * @param spec what was written
     * @param workingDirectory where the client is, for {@code ./x}
     * @return what to mount
     * @throws InvalidSpec if it is malformed
     */
    public static MountSpec parse(String spec, String workingDirectory) {
        String[] parts = spec.split(":", -1);
        for (String part : parts) {
            if (part.isEmpty()) {
                throw new InvalidSpec(
                        "invalid volume '"
                                + spec
                                + "': give [SOURCE:]TARGET[:ro], as in data:/data");
            }
        }
        Set<String> options =
                parts.length < 3 ? Set.of() : new TreeSet<>(List.of(parts[2].split(",", -1)));
        return switch (parts.length) {
            case 1 -> volume(spec, Optional.empty(), parts[0], false, false);
            case 2, 3 -> mount(spec, parts[0], parts[1], options, workingDirectory);
            default -> throw new InvalidSpec("invalid volume '" + spec + "': too many colons");
        };
    }

    private static MountSpec mount(
            String spec,
            String source,
            String target,
            Set<String> options,
            String workingDirectory) {
        boolean bind = source.startsWith("/") || source.startsWith(".");
        options.forEach(option -> check(spec, option, bind));
        boolean readOnly = options.contains("ro");
        return bind
                ? new MountSpec.Bind(
                        AbsolutePath.source(spec, source, workingDirectory),
                        AbsolutePath.target(spec, target),
                        readOnly)
                : volume(spec, Optional.of(source), target, readOnly, options.contains("nocopy"));
    }

    static MountSpec volume(
            String spec, Optional<String> name, String target, boolean readOnly, boolean noCopy) {
        if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
            throw new InvalidSpec(
                    "invalid volume '"
                            + spec
                            + "': the name '"
                            + name.get()
                            + "' has characters other than a-z, A-Z, 0-9, _ . -; for a folder or"
                            + " file of the host give a path that starts with / or ./");
        }
        return new MountSpec.Volume(name, AbsolutePath.target(spec, target), readOnly, noCopy);
    }

    private static void check(String spec, String option, boolean bind) {
        boolean known =
                switch (option) {
                    // The rest is said for hosts with SELinux or macOS and changes nothing here.
                    case "ro", "rw", "z", "Z", "cached", "delegated", "consistent" -> true;
                    case "nocopy" -> !bind;
                    default -> false;
                };
        if (bind && Propagation.isOne(option)) {
            Propagation.check(spec, option);
        } else if (!known) {
            throw new InvalidSpec(
                    "invalid volume '"
                            + spec
                            + "': option '"
                            + option
                            + "' is unknown; there are ro, rw and, for volumes, nocopy");
        }
    }
}
