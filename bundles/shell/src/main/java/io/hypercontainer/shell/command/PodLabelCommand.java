// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.LabelOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pod label}: adds labels to a pod. */
@CommandLine.Command(name = "pod label", description = "Add labels to a pod")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodLabelCommand implements Command {
    private final Runtime runtime;

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to change")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "NAME=VALUE", description = "Labels")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = {"--override", "--overwrite"},
            description = "Replace the values of labels that exist")
    private boolean override;

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodLabelCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        Map<String, String> added = LabelOption.parse(session, List.of(), labels);
        session.out().println(runtime.pods().label(name, added, override).name());
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
