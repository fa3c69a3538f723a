// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.ContainerUpdate;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.CpusOption;
import io.hypercontainer.shell.command.option.PidsOption;
import io.hypercontainer.shell.command.option.RestartOption;
import io.hypercontainer.shell.command.option.SizeOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code update}: changes limits and restart policy of containers. */
@CommandLine.Command(
        name = "update",
        aliases = "container update",
        description = "Update configuration of one or more containers",
        footer = {
            "",
            "Memory and CPUs of a container that has its pod for itself are those of the pod's",
            "virtual machine, which is resized. Where the hypervisor cannot do that while it runs, the",
            "container can get less than its machine has, but not more before it is stopped.",
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class UpdateCommand implements Command {
    private static final String POLICY = "POLICY";
    private final Runtime runtime;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "Memory limit, as in 512m")
    private Optional<String> memory = Optional.empty();

    @Option(names = "--cpus", paramLabel = "NUMBER", description = "Number of CPUs, as in 1.5")
    private Optional<String> cpus = Optional.empty();

    @Option(
            names = "--pids-limit",
            paramLabel = "NUMBER",
            description = "Most processes and threads, -1 for unlimited")
    private Optional<String> pids = Optional.empty();

    @Option(
            names = "--restart",
            paramLabel = POLICY,
            description = "Restart policy: no, always, unless-stopped, on-failure[:RETRIES]")
    private Optional<String> restart = Optional.empty();

    @Parameters(
            arity = "1..*",
            paramLabel = Candidates.CONTAINER,
            description = "Containers to update")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the containers
     */
    @Activate
    public UpdateCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        if (Stream.of(memory, cpus, pids, restart).allMatch(Optional::isEmpty)) {
            throw new InvalidSpec(
                    "you must provide one or more flags when using this command: --memory, --cpus,"
                            + " --pids-limit, --restart");
        }
        ContainerUpdate update =
                new ContainerUpdate(
                        memory.map(size -> SizeOption.parse("--memory", size)),
                        cpus.map(CpusOption::parse),
                        pids.map(PidsOption::parse),
                        restart.map(RestartOption::parse));
        return Each.echo(session, names, name -> runtime.containers().update(name, update));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return switch (argument) {
            case Candidates.CONTAINER -> Candidates.containers(runtime, prefix, Candidates::any);
            case POLICY -> Candidates.restartPolicies(prefix);
            default -> List.of();
        };
    }
}
