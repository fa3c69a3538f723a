// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code export}: a container's files as an archive. */
@CommandLine.Command(
        name = "export",
        aliases = "container export",
        description = "Export a container's file system as a tar archive",
        footer = {
            "",
            "What is mounted in the container, such as volumes, is left out. The container may be",
            "stopped: its machine is booted for that, its process is not started.",
            "",
            "Examples:",
            "  hyperctl export web | tar t",
            "  hyperctl export -o web.tar web"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class ExportCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to a file, instead of standard output")
    private Optional<String> file = Optional.empty();

    @Parameters(paramLabel = Candidates.CONTAINER, description = "Container to export")
    private String name = "";

    /**
     * @param runtime has the container
     */
    @Activate
    public ExportCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        if (file.isEmpty() && session.outIsTerminal()) {
            throw new InvalidSpec(
                    "refusing to write an archive to a terminal: use -o FILE, or a pipe");
        }
        // Found out before a file is made for nothing.
        runtime.containers().get(name);
        try {
            if (file.isEmpty()) {
                export(session);
            } else {
                // Closed only when it is complete: else what is there stays as it is.
                OutputStream archive = session.write(file.get());
                runtime.containers().export(name, archive);
                archive.close();
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return 0;
    }

    private void export(Session session) throws IOException {
        runtime.containers().export(name, session.out());
        if (session.out().checkError()) {
            throw new IOException("the client takes no more output");
        }
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.CONTAINER)
                ? Candidates.containers(runtime, prefix, Candidates::any)
                : List.of();
    }
}
