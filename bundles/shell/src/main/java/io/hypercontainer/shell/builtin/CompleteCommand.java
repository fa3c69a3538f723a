// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.Completion;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code hyperctl __complete -- WORDS...}, which the completion scripts of shells call. */
@CommandLine.Command(
        name = "__complete",
        hidden = true,
        description = "Print how the last of the words may go on")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class CompleteCommand implements Command {
    @CommandLine.Option(
            names = "--descriptions",
            description = "Print a tab and a description behind each word")
    boolean descriptions;

    @CommandLine.Parameters(arity = "0..*", paramLabel = "WORD")
    List<String> words = List.of();

    private final Completion completion;

    /**
     * Makes the command.
     *
     * @param completion knows the candidates
     */
    @Activate
    public CompleteCommand(@Reference Completion completion) {
        this.completion = completion;
    }

    @Override
    public int run(Session session) {
        for (var candidate : completion.complete(words)) {
            session.out().print(candidate.value());
            if (descriptions && !candidate.description().isEmpty()) {
                session.out().print("\t" + candidate.description().replaceAll("\\s+", " "));
            }
            session.out().print("\n");
        }
        return 0;
    }
}
