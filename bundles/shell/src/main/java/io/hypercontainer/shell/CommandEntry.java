// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What the overview says about a command.
 *
 * @param name one or two words
 * @param aliases further names
 * @param description one sentence
 * @param group heading of the overview
 * @param hidden whether it is left out of the overview
 * @param source makes its instances
 */
public record CommandEntry(
        String name,
        List<String> aliases,
        String description,
        String group,
        boolean hidden,
        CommandSource source) {
    /** Group of commands that name none. */
    public static final String NO_GROUP = "";

    /** Reads the annotations of an instance. */
    static CommandEntry of(String group, CommandSource source) {
        var command = source.create();
        try {
            var spec = CommandSpec.forAnnotatedObject(command);
            var description = spec.usageMessage().description();
            return new CommandEntry(
                    spec.name(),
                    List.of(spec.aliases()),
                    description.length == 0 ? "" : description[0],
                    group,
                    spec.usageMessage().hidden(),
                    source);
        } finally {
            source.release(command);
        }
    }

    Stream<String> names() {
        return Stream.concat(Stream.of(name), aliases.stream());
    }
}
