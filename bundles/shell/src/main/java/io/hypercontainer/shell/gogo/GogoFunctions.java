// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.gogo;

import io.hypercontainer.shell.CommandCatalog;
import io.hypercontainer.shell.CommandRunner;
import java.util.HashMap;
import java.util.Map;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Function;
import org.apache.felix.service.threadio.ThreadIO;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Publishes each command as {@code hyper:<name>}, as long as it is there. */
@Component(immediate = true, service = GogoFunctions.class)
public final class GogoFunctions {
    /** Scope of the functions. */
    static final String SCOPE = "hyper";

    private final BundleContext context;
    private final CommandCatalog catalog;
    private final CommandRunner runner;
    private final ThreadIO threadIo;
    private final Map<String, ServiceRegistration<Function>> published = new HashMap<>();
    private final Runnable listener = this::update;
    private boolean closed;

    /**
     * Publishes what is there and follows the catalog.
     *
     * @param context to publish with
     * @param catalog the commands
     * @param runner runs them
     * @param threadIo decides where System.out leads
     */
    @Activate
    public GogoFunctions(
            BundleContext context,
            @Reference CommandCatalog catalog,
            @Reference CommandRunner runner,
            @Reference ThreadIO threadIo) {
        this.context = context;
        this.catalog = catalog;
        this.runner = runner;
        this.threadIo = threadIo;
        catalog.listen(listener);
        update();
    }

    private synchronized void update() {
        if (closed) {
            return;
        }
        var names = catalog.firstWords();
        names.remove(ShellCommand.NAME); // there already
        published
                .entrySet()
                .removeIf(entry -> {
                    boolean gone = !names.contains(entry.getKey());
                    if (gone) {
                        entry.getValue().unregister();
                    }
                    return gone;
                });
        names.forEach(name -> published.computeIfAbsent(name, this::publish));
    }

    private ServiceRegistration<Function> publish(String name) {
        return context.registerService(
                Function.class,
                new HyperFunction(name, runner, threadIo),
                FrameworkUtil.asDictionary(
                        Map.of(
                                CommandProcessor.COMMAND_SCOPE,
                                SCOPE,
                                CommandProcessor.COMMAND_FUNCTION,
                                name)));
    }

    @Deactivate
    synchronized void close() {
        closed = true;
        catalog.unlisten(listener);
        published.values().forEach(ServiceRegistration::unregister);
        published.clear();
    }
}
