// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.DriverSourceOption;
import java.io.IOException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code driver install}: takes a further driver in. */
@CommandLine.Command(
        name = "driver install",
        description = "Install a driver from a bundle, and print its name",
        footer = {
            "",
            "Examples:",
            "  hyperctl driver install ./uml-1.0.0.jar",
            "  hyperctl driver install https://example.com/uml-1.0.0.jar",
            "  hyperctl driver install mvn:com.example:uml:1.0.0"
        })
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DriverInstallCommand implements Command {
    private final Runtime runtime;

    @Parameters(
            paramLabel = "SOURCE",
            description = "File, http(s) URL, mvn:GROUP:ARTIFACT:VERSION, or - for standard input")
    private String source = "";

    /**
     * @param runtime takes the driver
     */
    @Activate
    public DriverInstallCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        DriverSourceOption.with(session, source, runtime.drivers()::install)
                .forEach(driver -> session.out().println(driver.name()));
        return 0;
    }
}
