// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Interrupted;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.CannotExecute;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Attachment;
import io.hypercontainer.api.runtime.Container;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.stream.Foreground;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code start}: starts containers, or one in the foreground. */
@CommandLine.Command(
        name = "start",
        aliases = "container start",
        description = "Start one or more stopped containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class StartCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-a", "--attach"},
            description = "Attach output and forward signals")
    private boolean attach;

    @Option(
            names = {"-i", "--interactive"},
            description = "Attach the container's standard input")
    private boolean interactive;

    @Mixin private ForegroundOptions foreground = new ForegroundOptions();

    @Parameters(
            arity = "1..*",
            paramLabel = Candidates.CONTAINER,
            description = "Containers to start")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public StartCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        if (attach || interactive) {
            return attached(session);
        }
        return Each.echo(session, names, runtime.containers()::start);
    }

    private int attached(Session session) throws IOException {
        if (names.size() > 1) {
            throw new InvalidSpec("you cannot start and attach multiple containers at once");
        }
        String name = names.getFirst();
        try {
            Container container = runtime.containers().get(name);
            boolean input = interactive && container.stdin();
            Foreground.checkTerminal(session, input, container.terminal());
            Foreground.Wish wish = foreground.wish(input, true);
            Attachment process = runtime.containers().startAttached(name, session.terminal());
            return Foreground.run(session, process, wish);
        } catch (CannotExecute e) {
            Complaint.print(session, e);
            return e.exitCode();
        } catch (Interrupted e) {
            throw e;
        } catch (HyperException e) {
            Complaint.print(session, e);
            return Exits.DAEMON_ERROR;
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::stopped)
                : List.of();
    }
}
