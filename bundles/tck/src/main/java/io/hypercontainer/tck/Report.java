// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import io.hypercontainer.tck.Outcome.Verdict;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/** Tells a person what came of the checks, on the terminal and in a file at once. */
final class Report {
    private static final int WIDTH = 110;
    private static final String INDENT = "          ";

    private final List<PrintStream> outs;
    private String area = "";

    Report(List<PrintStream> outs) {
        this.outs = List.copyOf(outs);
    }

    void line(String text) {
        outs.forEach(out -> out.println(text));
    }

    synchronized void tell(Outcome outcome) {
        if (!outcome.area().equals(area)) {
            area = outcome.area();
            line("");
            line(area);
        }
        line("  %-7s %s".formatted(outcome.verdict(), outcome.sentence()));
        switch (outcome.verdict()) {
            case PASSED -> {}
            case FAILED -> wrapped("seen: " + outcome.seen());
            case NOT_APPLICABLE -> wrapped("because " + outcome.seen());
        }
    }

    private void wrapped(String text) {
        for (var paragraph : text.split("\n")) {
            var line = new StringBuilder(INDENT);
            for (var word : paragraph.strip().split(" ")) {
                if (line.length() + word.length() > WIDTH && line.length() > INDENT.length()) {
                    line(line.toString().stripTrailing());
                    line = new StringBuilder(INDENT);
                }
                line.append(word).append(' ');
            }
            line(line.toString().stripTrailing());
        }
    }

    void sum(List<Outcome> all, Duration took) {
        line("");
        line(
                "%d passed, %d failed, %d not applicable; %d seconds"
                        .formatted(
                                count(all, Verdict.PASSED),
                                count(all, Verdict.FAILED),
                                count(all, Verdict.NOT_APPLICABLE),
                                took.toSeconds()));
    }

    static long count(List<Outcome> all, Verdict verdict) {
        return all.stream().filter(o -> o.verdict() == verdict).count();
    }
}
