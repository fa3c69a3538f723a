// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.DriverStatus;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.shell.command.option.DriverSourceOption;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code driver update}: exchanges a driver's bundle while containers work. */
@CommandLine.Command(
        name = "driver update",
        description = "Exchange a driver for another version of it, while containers work")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class DriverUpdateCommand implements Command {
    private final Runtime runtime;

    @Parameters(index = "0", paramLabel = Candidates.DRIVER, description = "Driver to exchange")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "SOURCE",
            description =
                    "File, http(s) URL, mvn:GROUP:ARTIFACT:VERSION, or - for standard input;"
                            + " without one, the address that the driver came from")
    private Optional<String> source = Optional.empty();

    /**
     * @param runtime exchanges the driver
     */
    @Activate
    public DriverUpdateCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        List<DriverStatus> updated =
                source.isEmpty()
                        ? runtime.drivers().update(name, Optional.empty())
                        : DriverSourceOption.with(
                                session,
                                source.get(),
                                from -> runtime.drivers().update(name, Optional.of(from)));
        updated.forEach(d -> session.out().println(d.name() + " " + d.version()));
        return 0;
    }

    @Override
    public List<String> complete(String argument, String prefix) {
        return argument.equals(Candidates.DRIVER) ? Candidates.drivers(runtime, prefix) : List.of();
    }
}
