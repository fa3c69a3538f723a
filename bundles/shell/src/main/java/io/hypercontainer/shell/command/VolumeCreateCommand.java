// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.storage.VolumeSpec;
import io.hypercontainer.shell.command.option.LabelOption;
import io.hypercontainer.shell.command.option.SizeOption;
import java.io.IOException;
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

/** {@code volume create}: makes an empty volume and prints its name. */
@CommandLine.Command(name = "volume create", description = "Create a volume")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VolumeCreateCommand implements Command {
    /** What docker calls the driver that is there anyway. */
    private static final String LOCAL = "local";

    private static final String SIZE = "size=";

    private final Runtime runtime;

    @Option(
            names = {"-d", "--driver"},
            paramLabel = "DRIVER",
            description = "Storage driver that keeps it")
    private String driver = LOCAL;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Set metadata for the volume")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = {"-o", "--opt"},
            paramLabel = "size=SIZE",
            description = "The most it shall hold, as in size=10g")
    private List<String> options = new ArrayList<>();

    @Parameters(
            arity = "0..1",
            paramLabel = "NAME",
            description = "Name of the volume; without one it is made up")
    private Optional<String> name = Optional.empty();

    /**
     * @param runtime makes the volume
     */
    @Activate
    public VolumeCreateCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) throws IOException {
        VolumeSpec spec =
                new VolumeSpec(
                        name.orElse(""), size(), LabelOption.parse(session, List.of(), labels));
        Optional<String> chosen = Optional.of(driver).filter(d -> !d.equals(LOCAL));
        session.out().println(runtime.volumes().create(spec, chosen).volume().name());
        return 0;
    }

    private long size() {
        long size = 0;
        for (String option : options) {
            if (!option.startsWith(SIZE)) {
                throw new InvalidSpec(
                        "volume option '" + option + "' is unknown: there is size, as in size=10g");
            }
            size = SizeOption.parse("--opt size", option.substring(SIZE.length()));
        }
        return size;
    }
}
