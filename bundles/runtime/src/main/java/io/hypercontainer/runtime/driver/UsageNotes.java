// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;

/**
 * What the framework notes of the services that a bundle has used. Felix 7.0.5 keeps the note of a
 * service that was given back, also when the bundle has been uninstalled, and with the note the
 * bundle. As the component runtime asks {@code ConfigurationAdmin} on behalf of each bundle that
 * has components, each update of a driver would leave a bundle in memory.
 */
final class UsageNotes {
    private static final String SERVICE = "org.osgi.service.cm.ConfigurationAdmin";

    private UsageNotes() {}

    /**
     * Has the note forgotten.
     *
     * @param bundle one that is about to stop
     */
    static void clear(Bundle bundle) {
        BundleContext context = bundle.getBundleContext();
        if (context == null) {
            return;
        }
        try {
            ServiceReference<?>[] found = context.getAllServiceReferences(SERVICE, null);
            for (ServiceReference<?> service : found == null ? new ServiceReference<?>[0] : found) {
                use(context.getServiceObjects(service));
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e); // There is no filter.
        }
    }

    /** The end of a use through {@link ServiceObjects} is the only one that leaves no note. */
    private static <S> void use(@Nullable ServiceObjects<S> objects) {
        if (objects == null) {
            return; // The service has just gone, and all notes of it.
        }
        S service = objects.getService();
        if (service != null) {
            objects.ungetService(service);
        }
    }
}
