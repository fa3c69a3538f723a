// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.Ulimit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks what a user wants of a container's processes beyond their command. */
final class ProcessResolver {
    private static final int MOST = 256;
    private static final Pattern GROUP = Pattern.compile("[^:\\x00]{1,256}");
    private static final Pattern SYSCTL =
            Pattern.compile("[a-zA-Z0-9_-]{1,64}([./][a-zA-Z0-9_:*-]{1,64}){1,8}");
    private static final Set<String> LIMITS =
            Set.of(
                    "core",
                    "cpu",
                    "data",
                    "fsize",
                    "locks",
                    "memlock",
                    "msgqueue",
                    "nice",
                    "nofile",
                    "nproc",
                    "rss",
                    "rtprio",
                    "rttime",
                    "sigpending",
                    "stack");

    private ProcessResolver() {}

    static List<String> groups(List<String> groups) {
        bounded(groups.size(), "groups");
        for (String group : groups) {
            if (!GROUP.matcher(group).matches()) {
                throw new InvalidSpec("'" + group + "' is not the name or number of a group");
            }
        }
        return groups;
    }

    static Map<String, String> sysctls(Map<String, String> sysctls) {
        bounded(sysctls.size(), "kernel settings");
        sysctls.forEach((name, value) -> {
            if (!SYSCTL.matcher(name).matches()) {
                throw new InvalidSpec(
                        "'" + name + "' is no kernel setting, such as net.core.somaxconn");
            }
            Grammar.words(List.of(value), "value of kernel setting " + name);
        });
        return sysctls;
    }

    static List<Ulimit> ulimits(List<Ulimit> ulimits) {
        Set<String> seen = new HashSet<>();
        for (Ulimit limit : ulimits) {
            String what = "ulimit '" + limit.name() + "'";
            if (!LIMITS.contains(limit.name())) {
                throw new InvalidSpec(what + " does not exist: there is nofile, for instance");
            }
            if (!seen.add(limit.name())) {
                throw new InvalidSpec(what + " is given twice");
            }
            if (limit.soft() < -1 || limit.hard() < -1) {
                throw new InvalidSpec(what + " is below -1, which means no limit");
            }
            if (limit.hard() != -1 && (limit.soft() == -1 || limit.soft() > limit.hard())) {
                throw new InvalidSpec(
                        what
                                + " is "
                                + limit.soft()
                                + ", above what it may be raised to, "
                                + limit.hard());
            }
        }
        return ulimits;
    }

    private static void bounded(int count, String what) {
        if (count > MOST) {
            throw new InvalidSpec(count + " " + what + " are more than " + MOST);
        }
    }
}
