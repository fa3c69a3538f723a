// SPDX-License-Identifier: Apache-2.0
package com.example.sample;

import io.hypercontainer.api.network.NetworkDriver;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Does what headers of its bundle's manifest say, so that it is compiled once for many bundles. */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        String name = header(context, "Sample-Name");
        if (!header(context, "Sample-Start").isEmpty()) {
            throw new IllegalStateException(header(context, "Sample-Start"));
        }
        if (!name.isEmpty()) {
            context.registerService(
                    NetworkDriver.class,
                    new SampleNetwork(name, header(context, "Sample-Trouble")),
                    null);
        }
    }

    @Override
    public void stop(BundleContext context) {}

    private static String header(BundleContext context, String name) {
        String value = context.getBundle().getHeaders().get(name);
        return value == null ? "" : value;
    }
}
