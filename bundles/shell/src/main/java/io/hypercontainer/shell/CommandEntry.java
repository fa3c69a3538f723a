// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine;

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

    /** What picocli says where no name is given. */
    private static final String UNNAMED = "<main class>";

    /**
     * Reads the class's annotation. Its options are read when it runs: that of all commands would
     * take a tenth of the daemon's start.
     */
    static CommandEntry of(String group, CommandSource source) {
        var command = source.create();
        try {
            var about = command.getClass().getAnnotation(CommandLine.Command.class);
            if (about == null || about.name().equals(UNNAMED)) {
                throw new IllegalArgumentException(
                        command.getClass().getName() + " has no @Command annotation with a name");
            }
            return new CommandEntry(
                    about.name(),
                    List.of(about.aliases()),
                    about.description().length == 0 ? "" : about.description()[0],
                    group,
                    about.hidden(),
                    source);
        } finally {
            source.release(command);
        }
    }

    Stream<String> names() {
        return Stream.concat(Stream.of(name), aliases.stream());
    }
}
