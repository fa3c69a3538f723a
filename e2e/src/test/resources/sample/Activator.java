// SPDX-License-Identifier: Apache-2.0
package com.example.sample;

import io.hypercontainer.api.network.NetworkDriver;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/** Does what headers of its bundle's manifest say, so that it is compiled once for many bundles. */
public final class Activator implements BundleActivator {
    @Override
    public void start(BundleContext context) {
        String name = header(context, "Sample-Name");
        if (!header(context, "Sample-Start").isEmpty()) {
            throw new IllegalStateException(header(context, "Sample-Start"));
        }
        String restart = header(context, "Sample-Restart");
        if (!restart.isEmpty()) {
            Thread.ofPlatform().start(() -> restart(context, restart));
        }
        if (!name.isEmpty()) {
            context.registerService(
                    NetworkDriver.class,
                    new SampleNetwork(name, header(context, "Sample-Trouble")),
                    null);
        }
    }

    private static void restart(BundleContext context, String bundle) {
        try {
            for (Bundle candidate : context.getBundles()) {
                if (bundle.equals(candidate.getSymbolicName())) {
                    candidate.stop();
                    candidate.start();
                }
            }
        } catch (BundleException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void stop(BundleContext context) {}

    private static String header(BundleContext context, String name) {
        String value = context.getBundle().getHeaders().get(name);
        return value == null ? "" : value;
    }
}
