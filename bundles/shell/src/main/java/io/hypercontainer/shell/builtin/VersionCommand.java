// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code hyperctl version}. */
@CommandLine.Command(name = "version", description = "Print the daemon's version")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VersionCommand implements Command {
    @CommandLine.Option(names = "--short", description = "Print one line")
    boolean brief;

    private final String version;
    private final String framework;

    /**
     * Makes the command.
     *
     * @param context of this bundle, whose version is the daemon's
     */
    @Activate
    public VersionCommand(BundleContext context) {
        this.version = context.getBundle().getVersion().toString();
        var system = context.getBundle(0);
        this.framework = system.getSymbolicName() + " " + system.getVersion();
    }

    @Override
    public int run(Session session) {
        if (brief) {
            session.out().println("HyperContainer version " + version);
            return 0;
        }
        session.out().println("HyperContainer");
        session.out().println(" Version:     " + version);
        session.out().println(" Java:        " + Runtime.version());
        session.out().println(" Framework:   " + framework);
        session.out()
                .println(
                        " OS/Arch:     %s/%s"
                                .formatted(
                                        System.getProperty("os.name")
                                                .toLowerCase(java.util.Locale.ROOT),
                                        System.getProperty("os.arch")));
        session.out().println(" Kernel:      " + System.getProperty("os.version"));
        return 0;
    }
}
