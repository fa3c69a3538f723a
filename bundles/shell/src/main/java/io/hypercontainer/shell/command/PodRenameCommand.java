// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code pod rename}: gives a pod another name. */
@CommandLine.Command(name = "pod rename", description = "Rename a pod")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodRenameCommand implements Command {
    private final Runtime runtime;

    @Parameters(index = "0", paramLabel = Candidates.POD, description = "Pod to rename")
    private String name = "";

    @Parameters(index = "1", paramLabel = "NEW_NAME", description = "Its new name")
    private String to = "";

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodRenameCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        runtime.pods().rename(name, to);
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.POD)
                ? Candidates.pods(runtime, prefix, Candidates::anyPod)
                : List.of();
    }
}
