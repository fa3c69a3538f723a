// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.runtime.Template;
import io.hypercontainer.shell.command.view.TemplateRow;
import java.time.Instant;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code template ls}: lists templates. */
@CommandLine.Command(
        name = "template ls",
        aliases = "template list",
        description = "List the saved machines that others are cloned from")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class TemplateListCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "table, table TEMPLATE, json, or a Go template")
    private String format = "";

    @Option(
            names = {"-q", "--quiet"},
            description = "Only display template IDs")
    private boolean quiet;

    /**
     * @param runtime has the templates
     */
    @Activate
    public TemplateListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        List<Template> templates = runtime.templates().list();
        if (quiet && format.isEmpty()) {
            templates.forEach(t -> session.out().println(t.id()));
        } else {
            Instant now = Instant.now();
            TemplateRow.LISTING.print(
                    session.out(),
                    format,
                    templates.stream().map(t -> TemplateRow.of(t, now)).toList());
        }
        return 0;
    }
}
