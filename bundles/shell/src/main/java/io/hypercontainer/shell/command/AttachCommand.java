// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.agent.TerminalSize;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.stream.Foreground;
import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code attach}: joins the process of a running container. */
@CommandLine.Command(
        name = "attach",
        aliases = "container attach",
        description = "Attach local input, output and error streams to a running container")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class AttachCommand implements Command {
    private final Runtime runtime;

    @Option(names = "--no-stdin", description = "Do not attach standard input")
    private boolean noStdin;

    @Mixin private ForegroundOptions foreground = new ForegroundOptions();

    @Parameters(paramLabel = Candidates.CONTAINER, description = "Container to join")
    private String name = "";

    /**
     * @param runtime has the container
     */
    @Activate
    public AttachCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        Container container = runtime.containers().get(name);
        boolean input = container.stdin() && !noStdin;
        Foreground.checkTerminal(session, input, container.terminal());
        // Others may be attached: the end of this input is not the end of the container's.
        Foreground.Wish wish = foreground.wish(input, false);
        Attachment process = runtime.containers().attach(name);
        if (process.hasTerminal()) {
            session.terminal().ifPresent(size -> redraw(process, size));
        }
        return Foreground.run(session, process, wish);
    }

    /** Programs that fill the screen draw it anew when its size changes. */
    private static void redraw(Attachment process, TerminalSize size) {
        process.resize(new TerminalSize(size.rows(), Math.max(0, size.columns() - 1)));
        process.resize(size);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::running)
                : List.of();
    }
}
