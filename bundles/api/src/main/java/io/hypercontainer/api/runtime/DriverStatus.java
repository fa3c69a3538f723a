// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.runtime;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A driver as it is now.
 *
 * @param kind {@code hypervisor}, {@code storage} or {@code network}; empty for a refused jar
 * @param name its name; the file's for a refused jar
 * @param bundle symbolic name of its bundle
 * @param version version of its bundle
 * @param bundleId number of its bundle in the framework, -1 for a refused jar
 * @param state whether it works
 * @param standard whether it is used where nobody asks for another
 * @param reasons why it does not work, or what to know about it
 * @param facts what it found on the host
 * @param capabilities what it can do, in users' words
 * @param uses how many machines (hypervisor), root file systems (storage) or endpoints (network)
 *     are on it
 * @param source where it came from: {@code built-in}, {@code deploy/FILE}, a file's name, an
 *     address, or {@code framework} if the framework's own commands installed it
 */
public record DriverStatus(
        String kind,
        String name,
        String bundle,
        String version,
        long bundleId,
        State state,
        boolean standard,
        List<String> reasons,
        Map<String, String> facts,
        List<String> capabilities,
        int uses,
        String source) {
    /** Keeps unmodifiable copies. */
    public DriverStatus {
        reasons = List.copyOf(reasons);
        facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        capabilities = List.copyOf(capabilities);
    }

    /** Whether a driver works. */
    public enum State {
        /** It can work. */
        ACTIVE,
        /** It can work; what is new goes to another version of it, which is preferred. */
        STANDBY,
        /** It cannot work on this host. */
        UNUSABLE,
        /** Its bundle does not run. */
        STOPPED,
        /** A jar in the deploy folder that was not accepted. */
        REFUSED;

        /** {@return the form that users see, {@code active}} */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
