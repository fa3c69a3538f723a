// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code template rm}: deletes templates. */
@CommandLine.Command(
        name = "template rm",
        aliases = "template remove",
        description = "Remove one or more templates; machines that were cloned from them live on")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class TemplateRemoveCommand implements Command {
    private final Runtime runtime;

    @Parameters(arity = "1..*", paramLabel = Candidates.TEMPLATE, description = "Templates")
    private List<String> ids = new ArrayList<>();

    /**
     * @param runtime has the templates
     */
    @Activate
    public TemplateRemoveCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        return Each.echo(session, ids, runtime.templates()::remove);
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.TEMPLATE)
                ? Candidates.templates(runtime, prefix)
                : List.of();
    }
}
