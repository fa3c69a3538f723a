// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code hyperctl completion bash|zsh|fish}. */
@CommandLine.Command(
        name = "completion",
        description = {
            "Print a completion script for a shell",
            "",
            "bash:  source <(hyperctl completion bash)",
            "zsh:   source <(hyperctl completion zsh)",
            "fish:  hyperctl completion fish | source"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class CompletionCommand implements Command {
    /** Shells that there is a script for. */
    enum Shell {
        bash,
        zsh,
        fish
    }

    @CommandLine.Parameters(index = "0", paramLabel = "SHELL")
    @Nullable Shell shell;

    @Override
    public int run(Session session) throws IOException {
        var name = "completion." + Objects.requireNonNull(shell);
        try (var script = Objects.requireNonNull(getClass().getResourceAsStream(name), name)) {
            script.transferTo(session.out());
        }
        return 0;
    }
}
