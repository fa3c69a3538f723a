// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.CpusOption;
import io.hypercontainer.shell.command.option.SizeOption;
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

/** {@code pod update}: changes the size of pods. */
@CommandLine.Command(
        name = "pod update",
        aliases = "pod resize",
        description = "Change memory and CPUs of one or more pods")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodUpdateCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-m", "--memory"},
            paramLabel = "SIZE",
            description = "Memory of the virtual machine, as in 512m")
    private Optional<String> memory = Optional.empty();

    @Option(names = "--cpus", paramLabel = "NUMBER", description = "Number of CPUs, as in 1.5")
    private Optional<String> cpus = Optional.empty();

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to change")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodUpdateCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Optional<Long> bytes = memory.map(m -> SizeOption.parse("--memory", m));
        Optional<Double> number = cpus.map(CpusOption::parse);
        if (bytes.isEmpty() && number.isEmpty()) {
            throw new InvalidSpec("nothing to change: give --memory, --cpus or both");
        }
        return Each.echo(session, names, name -> runtime.pods().resize(name, bytes, number));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
