// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.Ulimit;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code --ulimit NAME=SOFT[:HARD]}, -1 for no limit. */
public final class UlimitOption {
    /** What can be limited, as docker names it. */
    public static final Set<String> NAMES =
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

    private static final Pattern FORM =
            Pattern.compile("([a-z]+)=(-1|\\d{1,18})(?::(-1|\\d{1,18}))?");

    private UlimitOption() {}

    /**
     * @param text what was written
     * @return the limit
     * @throws InvalidSpec if it is malformed
     */
    public static Ulimit parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw error(text, "give NAME=SOFT[:HARD], as in nofile=1024:2048");
        }
        String name = matcher.group(1);
        if (!NAMES.contains(name)) {
            throw error(text, "there is no limit '" + name + "'");
        }
        long soft = Long.parseLong(matcher.group(2));
        long hard = matcher.group(3) == null ? soft : Long.parseLong(matcher.group(3));
        if (hard != -1 && (soft == -1 || soft > hard)) {
            throw error(text, "the soft limit is above the hard one");
        }
        return new Ulimit(name, soft, hard);
    }

    private static InvalidSpec error(String text, String why) {
        return new InvalidSpec("invalid ulimit '" + text + "': " + why);
    }
}
