// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.api.runtime.Runtime;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;

/** {@code pod ls}: lists pods. */
@CommandLine.Command(
        name = "pod ls",
        aliases = {"pod list", "pod ps"},
        description = "List pods")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class PodListCommand implements Command {
    private final Runtime runtime;

    @Mixin private PodListing listing = new PodListing();

    /**
     * @param runtime has the pods
     */
    @Activate
    public PodListCommand(@Reference Runtime runtime) {
        this.runtime = runtime;
    }

    @Override
    public int run(Session session) {
        listing.print(session, runtime);
        return 0;
    }
}
