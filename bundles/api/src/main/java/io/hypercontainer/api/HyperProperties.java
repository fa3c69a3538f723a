// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api;

/**
 * Names of the framework properties ({@code BundleContext.getProperty}) with which the daemon tells
 * bundles about itself. They never change while the daemon runs.
 */
public final class HyperProperties {
    /**
     * Absolute path of the daemon's state folder (default {@code /var/lib/hyper}). A driver keeps
     * all that it owns below {@code <root>/<driver name>}, nowhere else.
     */
    public static final String ROOT = "hyper.root";

    /** Absolute path of the unix socket that serves hyperctl (default {@code /run/hyper.sock}). */
    public static final String SOCKET = "hyper.socket";

    /** Absolute path of the folder that the daemon was installed in. */
    public static final String HOME = "hyper.home";

    private HyperProperties() {}
}
