// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Parameters;

/** {@code volume create}: makes an empty volume and prints its name. */
@CommandLine.Command(name = "volume create", description = "Create a volume")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VolumeCreateCommand implements Command {
    private static final int NAME_BYTES = 32;
    private final Runtime runtime;

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
    public int run(Session session) {
        String chosen = name.orElseGet(VolumeCreateCommand::madeUp);
        session.out().println(runtime.volumes().create(chosen).name());
        return 0;
    }

    private static String madeUp() {
        byte[] bytes = new byte[NAME_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
