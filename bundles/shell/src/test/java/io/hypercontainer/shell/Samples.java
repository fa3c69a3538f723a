// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.NotFound;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Commands as vendors write them. */
public final class Samples {
    private Samples() {}

    /**
     * All of them.
     *
     * @return a catalog
     */
    public static CommandCatalog catalog() {
        var catalog = new CommandCatalog();
        catalog.add(Supplied.entry("Common", Run::new));
        catalog.add(Supplied.entry("Common", Ps::new));
        catalog.add(Supplied.entry("", Remove::new));
        catalog.add(Supplied.entry("", Echo::new));
        catalog.add(Supplied.entry("", Wait::new));
        catalog.add(Supplied.entry("", VolumeList::new));
        catalog.add(Supplied.entry("", Hidden::new));
        catalog.add(Supplied.entry("", Ask::new));
        return catalog;
    }

    /** Passes words on. */
    @CommandLine.Command(
            name = "run",
            aliases = "container run",
            description = "Create and run a new container from an image",
            exitCodeOnExecutionException = 125)
    public static final class Run implements Command {
        /** How often. */
        enum Restart {
            always,
            never
        }

        @CommandLine.Option(
                names = {"-i", "--interactive"},
                description = "Keep stdin open")
        boolean interactive;

        @CommandLine.Option(
                names = {"-t", "--tty"},
                description = "Allocate a terminal")
        boolean tty;

        @CommandLine.Option(names = "--rm", description = "Remove the container when it exits")
        boolean remove;

        @CommandLine.Option(
                names = "--sig-proxy",
                defaultValue = "true",
                description = "Pass signals on (default ${DEFAULT-VALUE})")
        boolean signals;

        @CommandLine.Option(
                names = {"-e", "--env"},
                paramLabel = "NAME=VALUE",
                description = "Set environment variables")
        List<String> environment = List.of();

        @CommandLine.Option(
                names = {"-m", "--memory"},
                paramLabel = "MIB",
                description = "Memory in MiB")
        int memory;

        @CommandLine.Option(
                names = "--restart",
                paramLabel = "POLICY",
                description = "When to restart")
        Restart restart = Restart.never;

        @CommandLine.Option(names = "--secret", hidden = true)
        boolean secret;

        @CommandLine.Parameters(index = "0", paramLabel = "IMAGE")
        @Nullable String image;

        @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "COMMAND")
        @Nullable String command;

        @CommandLine.Parameters(index = "2..*", arity = "0..*", paramLabel = "ARG")
        List<String> arguments = List.of();

        @Override
        public int run(Session session) {
            if ("missing".equals(image)) {
                throw new NotFound("no image 'missing'\nhere: try 'hyperctl pull missing'");
            }
            session.out()
                    .printf(
                            "i=%s t=%s rm=%s sig=%s env=%s m=%d %s %s %s%n",
                            interactive,
                            tty,
                            remove,
                            signals,
                            environment,
                            memory,
                            image,
                            command,
                            arguments);
            return 17;
        }

        @Override
        public List<String> complete(String argument, String prefix) {
            return argument.equals("IMAGE")
                    ? Stream.of("busybox:latest", "busybox:1.36", "debian")
                            .filter(name -> name.startsWith(prefix))
                            .toList()
                    : List.of();
        }
    }

    /** Fails as the runtime does. */
    @CommandLine.Command(
            name = "ps",
            aliases = {"container ls", "container ps"},
            description = "List containers")
    public static final class Ps implements Command {
        @CommandLine.Option(
                names = {"-a", "--all"},
                description = "Show all containers (default shows just running)")
        boolean all;

        @Override
        public int run(Session session) throws IOException {
            if (all) {
                throw new InvalidSpec("all is too much");
            }
            session.out().println("CONTAINER ID");
            return 0;
        }
    }

    /** Takes options anywhere. */
    @CommandLine.Command(name = "rm", description = "Remove one or more containers")
    public static final class Remove implements Command {
        @CommandLine.Option(
                names = {"-f", "--force"},
                description = "Kill what runs")
        boolean force;

        @CommandLine.Parameters(arity = "1..*", paramLabel = "CONTAINER")
        List<String> names = List.of();

        @Override
        public int run(Session session) {
            session.out().println(names + " " + force);
            return 0;
        }
    }

    /** Asks, and says what it was told. */
    @CommandLine.Command(name = "ask", description = "Ask, and print the answer")
    public static final class Ask implements Command {
        @Override
        public int run(Session session) throws IOException {
            session.out().println("ready");
            session.out().flush();
            session.in().transferTo(session.out());
            session.out().println("done");
            return 0;
        }
    }

    /** Prints its input, then its words. */
    @CommandLine.Command(name = "echo", description = "Print words, and the input with -i")
    public static final class Echo implements Command {
        @CommandLine.Option(names = "-i")
        boolean input;

        @CommandLine.Parameters(arity = "0..*", paramLabel = "WORD")
        List<String> words = List.of();

        @Override
        public int run(Session session) throws IOException {
            if (input) {
                session.in().transferTo(session.out());
            }
            session.out().println(String.join(" ", words));
            return words.contains("fail") ? 9 : 0;
        }
    }

    /** Waits until it is interrupted. */
    @CommandLine.Command(name = "wait", description = "Wait for ever")
    public static final class Wait implements Command {
        @Override
        public int run(Session session) {
            try {
                session.out().println("waiting");
                session.out().flush();
                Thread.sleep(Long.MAX_VALUE);
                return 0;
            } catch (InterruptedException e) {
                throw new io.hypercontainer.api.Interrupted("waiting", e);
            }
        }
    }

    /** A name of two words. */
    @CommandLine.Command(name = "volume ls", description = "List volumes")
    public static final class VolumeList implements Command {
        @Override
        public int run(Session session) {
            session.out().println("VOLUME NAME");
            return 0;
        }
    }

    /** Has a defect. */
    @CommandLine.Command(name = "__defect", hidden = true)
    public static final class Hidden implements Command {
        @Override
        public int run(Session session) {
            throw new IllegalStateException("a defect");
        }
    }
}
