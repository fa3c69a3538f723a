// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Settings of drivers.
 *
 * @param byPid keys and values, by the settings' names
 */
record Settings(Map<String, Map<String, String>> byPid) {
    /**
     * @param options {@code [PID:]KEY=VALUE}
     * @param pids names of the settings of the driver's components, meant where none is given
     */
    static Settings parse(List<String> options, Set<String> pids) {
        var all = new LinkedHashMap<String, Map<String, String>>();
        for (var option : options) {
            var equals = option.indexOf('=');
            if (equals < 1) {
                throw new Unfit("--option " + option + ": give KEY=VALUE or PID:KEY=VALUE");
            }
            var colon = option.substring(0, equals).indexOf(':');
            var key = option.substring(colon + 1, equals);
            var value = option.substring(equals + 1);
            var named = colon < 0 ? new ArrayList<>(pids) : List.of(option.substring(0, colon));
            if (named.isEmpty()) {
                throw new Unfit(
                        "--option "
                                + option
                                + ": the bundle has no component with settings; write"
                                + " PID:KEY=VALUE if those of another bundle are meant");
            }
            named.forEach(
                    pid -> all.computeIfAbsent(pid, _ -> new LinkedHashMap<>()).put(key, value));
        }
        return new Settings(all);
    }

    void apply(ConfigurationAdmin admin) throws IOException {
        for (var entry : byPid.entrySet()) {
            admin.getConfiguration(entry.getKey(), "?")
                    .update(FrameworkUtil.asDictionary(entry.getValue()));
        }
    }
}
