// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a template depends on: QEMU, all that its command line says, and the files that this names.
 * An image of a kernel has its digest as its name, an initrd is known by size and time.
 */
final class TemplateKey {
    private static final Pattern PROCESSOR =
            Pattern.compile("^(model name|flags)\\s*:.*$", Pattern.MULTILINE);
    private static final int ANY_CACHE = 0;

    private TemplateKey() {}

    static String of(Machine machine, String version) {
        var folder = new MachineFolder(machine.spec().directory());
        return Stream.concat(
                        Stream.of(
                                version, file(machine.spec().boot().initrd()), processor(machine)),
                        CommandLine.of(machine, folder, ANY_CACHE).stream())
                .collect(Collectors.joining("\n"));
    }

    private static String file(Path file) {
        try {
            return "%s %d %s".formatted(file, Files.size(file), Files.getLastModifiedTime(file));
        } catch (IOException e) {
            return file + " " + e;
        }
    }

    /** A guest under KVM has seen the host's. */
    private static String processor(Machine machine) {
        if (machine.accelerator() != Accelerator.KVM) {
            return "";
        }
        try {
            return PROCESSOR
                    .matcher(Files.readString(Path.of("/proc/cpuinfo")))
                    .results()
                    .limit(2)
                    .map(r -> r.group())
                    .collect(Collectors.joining("\n"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
