// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.Ulimit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code --ulimit nofile=1024:2048}; one number is both limits, -1 means none. */
public final class UlimitOption {
    private static final Pattern FORM =
            Pattern.compile("([^=]+)=(-1|\\d{1,18})(?::(-1|\\d{1,18}))?");

    private UlimitOption() {}

    /**
     * @param text what was written
     * @return the limit
     * @throws InvalidSpec if it is malformed
     */
    public static Ulimit parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidSpec(
                    "invalid ulimit '"
                            + text
                            + "': give NAME=SOFT or NAME=SOFT:HARD, as in"
                            + " nofile=1024:2048");
        }
        long soft = Long.parseLong(matcher.group(2));
        String hard = matcher.group(3);
        return new Ulimit(matcher.group(1), soft, hard == null ? soft : Long.parseLong(hard));
    }
}
