// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.CommitSpec;
import io.hypercontainer.api.runtime.Runtime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code commit}: makes an image of a container. */
@CommandLine.Command(
        name = "commit",
        aliases = "container commit",
        description = "Create a new image from a container's changes",
        footer = {
            "",
            "Volumes are no part of the image. The container may be stopped: its machine is booted",
            "for that, its process is not started.",
            "",
            "Examples:",
            "  hyperctl commit web web:configured",
            "  hyperctl commit -c 'CMD [\"nginx\"]' -c 'EXPOSE 80' web web:2"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class CommitCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-a", "--author"},
            paramLabel = "TEXT",
            description = "Author (e.g. \"Ada Lovelace <ada@example.com>\")")
    private String author = "";

    @Option(
            names = {"-c", "--change"},
            paramLabel = "INSTRUCTION",
            description = "Apply an instruction of a Dockerfile to the image; may be repeated")
    private List<String> changes = new ArrayList<>();

    @Option(
            names = {"-m", "--message"},
            paramLabel = "TEXT",
            description = "Commit message")
    private String message = "";

    @Option(
            names = {"-p", "--pause"},
            description = "Pause the container's processes during commit (default; =false not to)")
    private boolean pause = true;

    @Option(
            names = "--no-pause",
            description = "Do not pause the container's processes during commit")
    private boolean running;

    @Parameters(index = "0", paramLabel = Candidates.CONTAINER, description = "Container")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME",
            description = "Name of the image, REPOSITORY[:TAG]")
    private Optional<String> reference = Optional.empty();

    /**
     * @param runtime has the container
     */
    @Activate
    public CommitCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        CommitSpec spec = new CommitSpec(reference, author, message, changes, pause && !running);
        session.out().println(runtime.containers().commit(name, spec).id());
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
