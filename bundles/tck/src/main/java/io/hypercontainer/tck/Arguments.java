// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import io.hypercontainer.tck.kit.Kind;
import io.hypercontainer.tck.kit.Unfit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the command was called with.
 *
 * @param jar the driver's bundle
 * @param kind what to check of it, empty for all that its manifest tells of
 * @param with further bundles
 * @param options settings
 * @param only part of the names of areas
 * @param report folder for the report
 * @param help whether only the usage is wanted
 */
record Arguments(
        Path jar,
        Optional<Kind> kind,
        List<Path> with,
        List<String> options,
        String only,
        Path report,
        boolean help) {

    static final String USAGE =
            """
            Usage:  tck/run [OPTIONS] DRIVER.jar

            Check a driver against HyperContainer's contract

            Options:
                  --kind KIND               Check it as a hypervisor, storage or network driver
                                            (default: all that its manifest tells of)
                  --only WORD               Check only the areas with this word in their name
                  --option [PID:]KEY=VALUE  Set an option of the driver, or with PID of another
                                            component; may be given several times
                  --report FOLDER           Where the report goes (default ./tck-report)
                  --with BUNDLE.jar         Start another bundle too; may be given several times
              -h, --help                    Print this

            Exits with 0 if the driver passes, 1 if a check failed, 2 if it could not be checked.
            """;

    static Arguments parse(String[] words) {
        Optional<Path> jar = Optional.empty();
        Optional<Kind> kind = Optional.empty();
        var with = new ArrayList<Path>();
        var options = new ArrayList<String>();
        var only = "";
        var report = Path.of("tck-report");
        var rest = Arrays.asList(words).iterator();
        while (rest.hasNext()) {
            var word = rest.next();
            switch (word) {
                case "--kind" -> kind = Optional.of(kind(value(word, rest)));
                case "--only" -> only = value(word, rest);
                case "--option" -> options.add(value(word, rest));
                case "--report" -> report = Path.of(value(word, rest));
                case "--with" -> with.add(file(value(word, rest)));
                case "-h", "--help" -> {
                    return new Arguments(Path.of(""), kind, with, options, only, report, true);
                }
                default -> {
                    if (word.startsWith("-")) {
                        throw new Unfit("unknown option '" + word + "'");
                    }
                    if (jar.isPresent()) {
                        throw new Unfit("one driver at a time, and '" + word + "' is a second");
                    }
                    jar = Optional.of(file(word));
                }
            }
        }
        return new Arguments(
                jar.orElseThrow(() -> new Unfit("no driver is given")),
                kind,
                with,
                options,
                only,
                report.toAbsolutePath().normalize(),
                false);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new Unfit(option + " needs a value");
        }
        return rest.next();
    }

    private static Kind kind(String word) {
        return Kind.of(word)
                .orElseThrow(() ->
                        new Unfit(
                                "--kind is one of hypervisor, storage, network, and not '"
                                        + word
                                        + "'"));
    }

    private static Path file(String word) {
        var file = Path.of(word).toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            throw new Unfit(file + " is no file");
        }
        return file;
    }
}
