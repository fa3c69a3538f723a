// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.time.Duration;
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

/** {@code pod stop}: ends containers as {@code stop} does, and then their machines. */
@CommandLine.Command(name = "pod stop", description = "Stop one or more pods and their containers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodStopCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-t", "--timeout", "--time"},
            paramLabel = "SECONDS",
            description = "Time to wait before killing the containers")
    private Optional<Integer> seconds = Optional.empty();

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to stop")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodStopCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        if (seconds.orElse(0) < 0) {
            throw new InvalidSpec("--timeout " + seconds.orElseThrow() + " is below 0");
        }
        Optional<Duration> grace = seconds.map(Duration::ofSeconds);
        return Each.echoTogether(session, names, name -> runtime.pods().stop(name, grace));
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::activePod)
                : List.of();
    }
}
