// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.MountSpec;

/** {@code --tmpfs TARGET[:size=64m,mode=1777]}. */
public final class TmpfsOption {
    static final int DEFAULT_MODE = 01777;

    private TmpfsOption() {}

    /**
     * @param spec what was written
     * @return what to mount
     * @throws InvalidSpec if it is malformed
     */
    public static MountSpec parse(String spec) {
        int colon = spec.indexOf(':');
        String target = AbsolutePath.target(spec, colon < 0 ? spec : spec.substring(0, colon));
        long size = 0;
        int mode = DEFAULT_MODE;
        for (String option : (colon < 0 ? "rw" : spec.substring(colon + 1)).split(",", -1)) {
            if (option.startsWith("size=")) {
                size = SizeOption.parse("--tmpfs", option.substring("size=".length()));
            } else if (option.startsWith("mode=")) {
                mode = mode(spec, option.substring("mode=".length()));
            } else if (!option.equals("rw")
                    && !option.equals("nosuid")
                    && !option.equals("nodev")
                    && !option.equals("noexec")) {
                throw new InvalidSpec(
                        "invalid tmpfs '"
                                + spec
                                + "': option '"
                                + option
                                + "' is unknown; there are size and mode");
            }
        }
        return new MountSpec.Tmpfs(target, size, mode);
    }

    static int mode(String spec, String text) {
        if (!text.matches("[0-7]{1,5}") || Integer.parseInt(text, 8) > 07777) {
            throw new InvalidSpec(
                    "invalid tmpfs '" + spec + "': mode '" + text + "' is not octal, as in 1777");
        }
        return Integer.parseInt(text, 8);
    }
}
