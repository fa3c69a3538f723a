// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.DriverRow;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Inspection;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code driver info}: all about drivers. */
@CommandLine.Command(
        name = "driver info",
        aliases = "driver inspect",
        description = "Display detailed information on one or more drivers")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DriverInfoCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "json, or a Go template")
    private String format = "";

    @Parameters(arity = "1..*", paramLabel = Candidates.DRIVER, description = "Drivers to look at")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the drivers
     */
    @Activate
    public DriverInfoCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Inspection inspection = new Inspection(format);
        List<Fields> found = new ArrayList<>();
        Each.Outcome outcome =
                Each.collect(
                        names,
                        name ->
                                runtime.drivers().get(name).stream()
                                        .map(DriverRow::details)
                                        .forEach(found::add));
        inspection.print(session.out(), found);
        return outcome.report(session);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.DRIVER) ? Candidates.drivers(runtime, prefix) : List.of();
    }
}
