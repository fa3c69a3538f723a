// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.view.InfoDetails;
import io.hypercontainer.shell.command.view.InfoText;
import io.hypercontainer.shell.format.Json;
import io.hypercontainer.shell.format.Template;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** {@code info}: the daemon, its drivers and its host. */
@CommandLine.Command(
        name = "info",
        aliases = "system info",
        description = "Display system-wide information")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class InfoCommand implements Command {
    private final Runtime runtime;

    @Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "json, or a Go template")
    private String format = "";

    /**
     * @param runtime looks at the system
     */
    @Activate
    public InfoCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        if (format.isEmpty()) {
            session.out().print(InfoText.of(runtime.info()));
        } else if (format.equals("json")) {
            session.out().println(Json.line(InfoDetails.of(runtime.info())));
        } else {
            Template template = Template.parse(format);
            session.out().println(template.render(InfoDetails.of(runtime.info())));
        }
        return 0;
    }
}
