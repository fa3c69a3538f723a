// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.ContainerFiles;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.copy.Copy;
import io.hypercontainer.shell.command.copy.Place;
import io.hypercontainer.shell.format.HumanSize;
import java.io.IOException;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code cp}: copies files and folders between a container and the client. */
@CommandLine.Command(
        name = "cp",
        aliases = "container cp",
        customSynopsis = {
            "hyperctl cp [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-",
            "hyperctl cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH"
        },
        description = "Copy files and folders between a container and the local file system",
        footer = {
            "",
            "'-' as the source reads a tar archive from standard input and extracts it to a folder of",
            "the container; as the destination it writes a tar archive to standard output.",
            "The container may be stopped: its machine is booted for the copy, its process is not",
            "started.",
            "",
            "Examples:",
            "  hyperctl cp web:/etc/nginx/nginx.conf .",
            "  hyperctl cp ./site/. web:/usr/share/nginx/html",
            "  hyperctl cp web:/var/log - | tar t"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class CopyCommand implements Command {
    private static final String SOURCE = "SOURCE";
    private static final String DESTINATION = "DESTINATION";
    private final Runtime runtime;

    @Option(
            names = {"-a", "--archive"},
            description = "Archive mode (copy all uid/gid information); else files get root's")
    private boolean owners;

    @Option(
            names = {"-L", "--follow-link"},
            description = "Always follow symbol link in SRC_PATH")
    private boolean follow;

    @Option(
            names = {"-q", "--quiet"},
            description = "Do not tell at the end what was copied; never told without a terminal")
    private boolean quiet;

    @Parameters(index = "0", paramLabel = SOURCE, description = "")
    private String source = "";

    @Parameters(index = "1", paramLabel = DESTINATION, description = "")
    private String destination = "";

    /**
     * @param runtime has the container
     */
    @Activate
    public CopyCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        Place from = Place.parse(source);
        Place to = Place.parse(destination);
        if (source.isEmpty() || destination.isEmpty()) {
            throw new InvalidSpec("source and destination cannot be empty");
        }
        if (from.container().isPresent() && to.container().isPresent()) {
            throw new InvalidSpec("copying between containers is not supported");
        }
        String name =
                from.container()
                        .or(to::container)
                        .orElseThrow(() ->
                                new InvalidSpec("must specify at least one container source"));
        boolean out = from.container().isPresent();
        if ((out ? from : to).path().isEmpty()) {
            throw new InvalidSpec("the path in the container is empty: write " + name + ":PATH");
        }
        long size;
        try (ContainerFiles files = runtime.containers().files(name)) {
            Copy copy = new Copy(session, files, name, follow);
            size = out ? copy.out(from.path(), to.path()) : copy.in(from.path(), to.path(), owners);
        }
        if (!quiet && session.outIsTerminal() && !from.isStream() && !to.isStream()) {
            session.err()
                    .println(
                            "Successfully copied "
                                    + HumanSize.decimal(size)
                                    + " to "
                                    + destination);
        }
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(SOURCE) || argument.equals(DESTINATION)
                ? Candidates.containers(runtime, prefix, Candidates::any).stream()
                        .map(name -> name + ":")
                        .toList()
                : List.of();
    }
}
