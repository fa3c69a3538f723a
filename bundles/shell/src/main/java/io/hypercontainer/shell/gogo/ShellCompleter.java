// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.shell.Completion;
import java.util.ArrayList;
import java.util.List;
import org.apache.felix.gogo.jline.Shell;
import org.apache.felix.service.command.CommandSession;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.jspecify.annotations.Nullable;

/** Completes hyper's commands with their arguments, and the names of all other functions. */
final class ShellCompleter implements Completer {
    private static final String SCOPE = GogoFunctions.SCOPE + ":";

    private final Completion completion;
    private final CommandSession gogo;

    ShellCompleter(Completion completion, CommandSession gogo) {
        this.completion = completion;
        this.gogo = gogo;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
        var words = new ArrayList<>(line.words().subList(0, line.wordIndex()));
        var typed = line.word().substring(0, Math.min(line.wordCursor(), line.word().length()));
        words.add(typed);
        var first = words.getFirst();
        if (first.startsWith(SCOPE)) {
            words.set(0, first.substring(SCOPE.length()));
        }
        if (words.size() > 1) {
            completion.complete(words).forEach(c -> candidates.add(candidate(c.value(), c)));
            return;
        }
        var start = first.startsWith(SCOPE) ? SCOPE : "";
        completion.complete(words).forEach(c -> candidates.add(candidate(start + c.value(), c)));
        Shell.getCommands(gogo).stream()
                .filter(name -> name.startsWith(typed) && !name.startsWith(SCOPE))
                .forEach(name -> candidates.add(new Candidate(name)));
    }

    private static Candidate candidate(String value, Completion.Candidate found) {
        @Nullable String description = found.description().isEmpty() ? null : found.description();
        boolean complete = !value.endsWith("=");
        return new Candidate(value, value, null, description, null, null, complete);
    }
}
