// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import io.hypercontainer.api.command.Command;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.ComponentServiceObjects;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferenceScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the catalog in step with the command services of all bundles. */
@Component(immediate = true, service = CommandTracker.class)
public final class CommandTracker {
    /** Service property: heading of the overview under which a command appears. */
    public static final String GROUP = "hyper.command.group";

    private static final Logger LOG = LoggerFactory.getLogger(CommandTracker.class);

    private final CommandCatalog catalog;
    private final Map<ServiceReference<?>, CommandEntry> entries = new ConcurrentHashMap<>();

    /**
     * Makes a tracker.
     *
     * @param catalog where commands appear and disappear
     */
    @Activate
    public CommandTracker(@Reference CommandCatalog catalog) {
        this.catalog = catalog;
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            scope = ReferenceScope.PROTOTYPE_REQUIRED)
    void bindCommand(ComponentServiceObjects<Command> services) {
        var reference = services.getServiceReference();
        var group = reference.getProperty(GROUP);
        try {
            var entry =
                    CommandEntry.of(
                            group == null ? CommandEntry.NO_GROUP : group.toString(),
                            new ServiceSource(services));
            entries.put(reference, entry);
            catalog.add(entry);
        } catch (RuntimeException e) {
            LOG.error(
                    "Command service of bundle {} cannot be used",
                    reference.getBundle().getSymbolicName(),
                    e);
        }
    }

    void unbindCommand(ComponentServiceObjects<Command> services) {
        var entry = entries.remove(services.getServiceReference());
        if (entry != null) {
            catalog.remove(entry);
        }
    }

    private record ServiceSource(ComponentServiceObjects<Command> services)
            implements CommandSource {
        @Override
        public Command create() {
            return services.getService();
        }

        @Override
        public void release(Command command) {
            try {
                services.ungetService(command);
            } catch (IllegalStateException e) {
                LOG.debug("The bundle of {} went while it ran", command.getClass().getName(), e);
            }
        }
    }
}
