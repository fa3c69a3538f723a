// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.MountSpec;
import java.util.Optional;
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
        return switch (parts.length) {
            case 1 -> volume(spec, Optional.empty(), parts[0], false);
            case 2 -> mount(spec, parts[0], parts[1], false, workingDirectory);
            case 3 -> mount(spec, parts[0], parts[1], readOnly(spec, parts[2]), workingDirectory);
            default -> throw new InvalidSpec("invalid volume '" + spec + "': too many colons");
        };
    }

    private static MountSpec mount(
            String spec, String source, String target, boolean readOnly, String workingDirectory) {
        if (source.startsWith("/") || source.startsWith(".")) {
            return new MountSpec.Bind(
                    AbsolutePath.source(spec, source, workingDirectory),
                    AbsolutePath.target(spec, target),
                    readOnly);
        }
        return volume(spec, Optional.of(source), target, readOnly);
    }

    static MountSpec volume(String spec, Optional<String> name, String target, boolean readOnly) {
        if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
            throw new InvalidSpec(
                    "invalid volume '"
                            + spec
                            + "': the name '"
                            + name.get()
                            + "' has characters other than a-z, A-Z, 0-9, _ . -; for a folder of"
                            + " the host give a path that starts with / or ./");
        }
        return new MountSpec.Volume(name, AbsolutePath.target(spec, target), readOnly);
    }

    private static boolean readOnly(String spec, String options) {
        boolean readOnly = false;
        for (String option : options.split(",", -1)) {
            switch (option) {
                case "ro" -> readOnly = true;
                // The rest is said for hosts with SELinux or macOS and changes nothing elsewhere.
                case "rw", "z", "Z", "cached", "delegated", "consistent" -> {}
                default ->
                        throw new InvalidSpec(
                                "invalid volume '"
                                        + spec
                                        + "': option '"
                                        + option
                                        + "' is unknown; there are ro and rw");
            }
        }
        return readOnly;
    }
}
