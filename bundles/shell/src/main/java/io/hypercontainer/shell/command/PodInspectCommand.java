// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.PodDetails;
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

/** {@code pod inspect}: all about pods. */
@CommandLine.Command(
        name = "pod inspect",
        description = "Display detailed information on one or more pods")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodInspectCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "json, or a Go template")
    private String format = "";

    @Parameters(arity = "1..*", paramLabel = Candidates.POD, description = "Pods to look at")
    private List<String> names = new ArrayList<>();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodInspectCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Inspection inspection = new Inspection(format);
        List<Fields> found = new ArrayList<>();
        Each.Outcome outcome =
                Each.collect(names, name -> found.add(PodDetails.find(runtime, name)));
        inspection.print(session.out(), found);
        return outcome.report(session);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
