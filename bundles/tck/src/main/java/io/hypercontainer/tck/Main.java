// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import io.hypercontainer.tck.Outcome.Verdict;
import io.hypercontainer.tck.kit.Daemon;
import io.hypercontainer.tck.kit.DriverJar;
import io.hypercontainer.tck.kit.Kind;
import io.hypercontainer.tck.kit.Setup;
import io.hypercontainer.tck.kit.Unfit;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The command {@code tck/run}. */
public final class Main {
    private static final int PASSED = 0;
    private static final int FAILED = 1;
    private static final int NOT_CHECKED = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);

    private Main() {}

    /** Checks a driver; the distribution is at the property {@code hyper.home}. */
    public static void main(String[] words) throws IOException {
        // Drivers' threads that fail are for their authors.
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, e) -> LOG.warn("Thread {} fails", thread.getName(), e));
        int status;
        try {
            status = run(Path.of(System.getProperty("hyper.home")), words);
        } catch (Unfit e) {
            System.err.println("tck/run: " + e.getMessage());
            System.err.println("See 'tck/run --help'.");
            status = NOT_CHECKED;
        }
        System.out.flush();
        // A driver may have left threads.
        System.exit(status);
    }

    private static int run(Path home, String[] words) throws IOException {
        var arguments = Arguments.parse(words);
        if (arguments.help()) {
            System.out.print(Arguments.USAGE);
            return PASSED;
        }
        var jar = DriverJar.read(arguments.jar());
        var kinds = arguments.kind().map(List::of).orElseGet(() -> told(jar));
        Files.createDirectories(arguments.report());
        try (var file =
                new PrintStream(
                        arguments.report().resolve("report.txt").toFile(),
                        StandardCharsets.UTF_8)) {
            var report = new Report(List.of(System.out, file));
            boolean passed = true;
            for (var kind : kinds) {
                var setup =
                        new Setup(
                                home, arguments.jar(), arguments.with(), arguments.options(), kind);
                passed &= check(setup, jar, arguments, report);
            }
            System.out.println("The report is in " + arguments.report());
            return passed ? PASSED : FAILED;
        }
    }

    private static List<Kind> told(DriverJar jar) {
        var kinds = Arrays.stream(Kind.values()).filter(k -> !jar.told(k).isEmpty()).toList();
        if (kinds.isEmpty()) {
            throw new Unfit(
                    "the manifest of "
                            + jar.file()
                            + " tells of no driver: annotate the driver with @ProvidesDriver, or"
                            + " give --kind");
        }
        return kinds;
    }

    private static boolean check(Setup setup, DriverJar jar, Arguments arguments, Report report) {
        var run = new ContractRun(setup, arguments.only());
        if (run.areas().isEmpty()) {
            throw new Unfit("no area of this kind has '" + arguments.only() + "' in its name");
        }
        introduce(setup, jar, report);
        var start = System.nanoTime();
        var xml = ContractRun.xml(arguments.report().resolve(setup.kind().toString()));
        var outcomes = run.run(report::tell, xml);
        report.sum(outcomes, Duration.ofNanos(System.nanoTime() - start));
        return Report.count(outcomes, Verdict.FAILED) == 0;
    }

    /**
     * Says what is checked.
     *
     * @throws Unfit if the driver cannot work here
     */
    private static void introduce(Setup setup, DriverJar jar, Report report) {
        Daemon.look(
                setup,
                driver -> {
                    report.line(
                            "%s %s: %s driver '%s'"
                                    .formatted(
                                            jar.name(),
                                            jar.version(),
                                            setup.kind(),
                                            driver.name()));
                    var probe = driver.probe();
                    probe.facts().forEach((k, v) -> report.line("  " + k + ": " + v));
                    probe.reasons().forEach(r -> report.line("  " + r));
                    if (!probe.usable()) {
                        throw new Unfit(
                                "the driver cannot work on this host: "
                                        + String.join("; ", probe.reasons()));
                    }
                });
    }
}
