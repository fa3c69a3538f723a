// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import java.nio.file.Path;
import org.osgi.framework.Bundle;

/** What the location of a bundle in the framework tells about where it came from. */
final class Locations {
    /** Begins the locations of installed bundles. */
    static final String INSTALLED = "hyper:driver/";

    /** Begins the locations of bundles in the deploy folder; the file's name follows. */
    static final String DEPLOYED = "hyper:deploy/";

    private Locations() {}

    static boolean isInstalled(Bundle bundle) {
        return bundle.getLocation().startsWith(INSTALLED);
    }

    static boolean isDeployed(Bundle bundle) {
        return bundle.getLocation().startsWith(DEPLOYED);
    }

    static boolean isBuiltIn(Bundle bundle, Path home) {
        String location = bundle.getLocation();
        return location.startsWith(home.resolve("bundle").toUri().toString())
                || location.startsWith("file:" + home.resolve("bundle") + "/");
    }

    /** {@return where a file of the deploy folder begins its bundle's location} */
    static String deployed(String file) {
        return DEPLOYED + file + "/";
    }

    /** {@return the digest of its jar, with which locations of our own end} */
    static String sha256(Bundle bundle) {
        String location = bundle.getLocation();
        return location.substring(location.lastIndexOf('/') + 1);
    }

    /** {@return the file of the deploy folder that a bundle came from} */
    static String file(Bundle bundle) {
        String rest = bundle.getLocation().substring(DEPLOYED.length());
        return rest.substring(0, rest.indexOf('/'));
    }
}
