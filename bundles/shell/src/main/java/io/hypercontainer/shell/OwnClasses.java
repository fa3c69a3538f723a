// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The classes of a bundle, for what goes on when its jar is gone. */
final class OwnClasses {
    private static final Logger LOG = LoggerFactory.getLogger(OwnClasses.class);
    private static final String SUFFIX = ".class";

    private OwnClasses() {}

    /** Loads all that are not loaded yet. */
    static void load(Bundle bundle) {
        var wiring = bundle.adapt(BundleWiring.class);
        int options = BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE;
        for (var path : wiring.listResources("/", "*" + SUFFIX, options)) {
            var name = path.substring(0, path.length() - SUFFIX.length()).replace('/', '.');
            try {
                bundle.loadClass(name);
            } catch (ClassNotFoundException | LinkageError e) {
                LOG.debug("{} cannot be loaded", name, e);
            }
        }
    }
}
