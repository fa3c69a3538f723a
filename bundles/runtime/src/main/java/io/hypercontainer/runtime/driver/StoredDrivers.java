// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * How the drivers differ from those that the distribution has.
 *
 * @param schema version of this format
 * @param installed bundles that were installed
 * @param hidden symbolic names of the distribution's bundles that were removed or replaced
 */
record StoredDrivers(int schema, List<Installed> installed, Set<String> hidden) {
    static final int SCHEMA = 1;
    static final StoredDrivers NONE = new StoredDrivers(SCHEMA, List.of(), Set.of());

    StoredDrivers {
        installed = List.copyOf(installed);
        hidden = Set.copyOf(hidden);
    }

    /**
     * A bundle that was installed.
     *
     * @param symbolicName its name
     * @param version its version
     * @param sha256 digest of its jar
     * @param source where it came from
     * @param fetchable whether the source is an address from which it can be fetched again
     * @param installed when
     */
    record Installed(
            String symbolicName,
            String version,
            String sha256,
            String source,
            boolean fetchable,
            Instant installed) {
        boolean is(DriverJar jar) {
            return sha256.equals(jar.sha256());
        }
    }

    Optional<Installed> of(String sha256) {
        return installed.stream().filter(i -> i.sha256().equals(sha256)).findFirst();
    }

    StoredDrivers with(Installed added) {
        List<Installed> all =
                new ArrayList<>(without(i -> i.sha256().equals(added.sha256())).installed);
        all.add(added);
        return new StoredDrivers(schema, all, hidden);
    }

    StoredDrivers without(Predicate<Installed> gone) {
        return new StoredDrivers(schema, installed.stream().filter(gone.negate()).toList(), hidden);
    }

    StoredDrivers hiding(String symbolicName) {
        Set<String> names = new TreeSet<>(hidden);
        names.add(symbolicName);
        return new StoredDrivers(schema, installed, names);
    }

    StoredDrivers showing(String symbolicName) {
        Set<String> names = new TreeSet<>(hidden);
        names.remove(symbolicName);
        return new StoredDrivers(schema, installed, names);
    }
}
