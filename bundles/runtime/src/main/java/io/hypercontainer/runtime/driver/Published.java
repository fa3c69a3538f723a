// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.driver.Driver;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/**
 * A driver's service, held until it is closed.
 *
 * @param context holds it
 * @param reference names it
 * @param driver the driver
 */
record Published(BundleContext context, ServiceReference<?> reference, Driver driver)
        implements AutoCloseable {

    /** {@return what a bundle publishes as the driver, if it does and it can be made} */
    static Optional<Published> find(BundleContext context, Bundle bundle, Provided provided) {
        ServiceReference<?>[] published =
                bundle.getState() == Bundle.UNINSTALLED ? null : bundle.getRegisteredServices();
        if (published == null) {
            return Optional.empty();
        }
        for (ServiceReference<?> reference : published) {
            if (!implementing(reference, provided.contract())) {
                continue;
            }
            if (context.getService(reference) instanceof Driver driver
                    && driver.name().equals(provided.name())) {
                return Optional.of(new Published(context, reference, driver));
            }
            context.ungetService(reference);
        }
        return Optional.empty();
    }

    private static boolean implementing(ServiceReference<?> reference, Class<?> contract) {
        return reference.getProperty(Constants.OBJECTCLASS) instanceof String[] names
                && List.of(names).contains(contract.getName());
    }

    @Override
    public void close() {
        context.ungetService(reference);
    }
}
