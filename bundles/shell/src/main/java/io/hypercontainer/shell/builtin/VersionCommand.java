// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.format.Json;
import io.hypercontainer.shell.format.Template;
import java.util.Locale;
import org.osgi.framework.BundleContext;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code hyperctl version}. */
@CommandLine.Command(name = "version", description = "Print the daemon's version")
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
public final class VersionCommand implements Command {
    private final VersionDetails details;

    @CommandLine.Option(names = "--short", description = "Print one line")
    private boolean brief;

    @CommandLine.Option(
            names = {"-f", "--format"},
            paramLabel = "FORMAT",
            description = "json, or a Go template")
    private String format = "";

    /**
     * Makes the command.
     *
     * @param context of this bundle, whose version is the daemon's
     */
    @Activate
    public VersionCommand(BundleContext context) {
        this(detailsOf(context));
    }

    VersionCommand(VersionDetails details) {
        this.details = details;
    }

    private static VersionDetails detailsOf(BundleContext context) {
        var system = context.getBundle(0);
        return new VersionDetails(
                context.getBundle().getVersion().toString(),
                versionOf(Command.class.getPackageName(), context),
                Runtime.version().toString(),
                system.getSymbolicName() + " " + system.getVersion(),
                System.getProperty("os.name").toLowerCase(Locale.ROOT),
                System.getProperty("os.arch"),
                System.getProperty("os.version"));
    }

    /** The version of a package that this bundle imports. */
    private static String versionOf(String name, BundleContext context) {
        return context
                .getBundle()
                .adapt(BundleWiring.class)
                .getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)
                .stream()
                .map(BundleWire::getCapability)
                .map(capability -> capability.getAttributes())
                .filter(a -> name.equals(a.get(PackageNamespace.PACKAGE_NAMESPACE)))
                .map(a -> String.valueOf(a.get(PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE)))
                .findFirst()
                .orElse("unknown");
    }

    @Override
    public int run(Session session) {
        if (brief) {
            session.out().println("HyperContainer version " + details.version());
        } else if (format.isEmpty()) {
            session.out().print(details.text());
        } else if (format.equals("json")) {
            session.out().println(Json.line(details.fields()));
        } else {
            session.out().println(Template.parse(format).render(details.fields()));
        }
        return 0;
    }
}
