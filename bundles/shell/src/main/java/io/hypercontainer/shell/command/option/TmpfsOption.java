// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.TmpfsOptions;
import io.hypercontainer.api.runtime.MountSpec;

/** {@code --tmpfs TARGET[:size=64m,mode=1777,exec]}. */
public final class TmpfsOption {
    static final int DEFAULT_MODE = 01777;

    private final String spec;
    private long size;
    private int mode = DEFAULT_MODE;
    private boolean readOnly;
    private boolean exec;
    private boolean suid;
    private boolean dev;
    private int uid;
    private int gid;

    private TmpfsOption(String spec) {
        this.spec = spec;
    }

    /**
     * @param spec what was written
     * @return what to mount
     * @throws InvalidSpec if it is malformed
     */
    public static MountSpec parse(String spec) {
        int colon = spec.indexOf(':');
        String target = AbsolutePath.target(spec, colon < 0 ? spec : spec.substring(0, colon));
        TmpfsOption tmpfs = new TmpfsOption(spec);
        for (String option : (colon < 0 ? "rw" : spec.substring(colon + 1)).split(",", -1)) {
            tmpfs.take(option);
        }
        return new MountSpec.Tmpfs(
                target,
                tmpfs.size,
                tmpfs.mode,
                new TmpfsOptions(
                        tmpfs.readOnly, tmpfs.exec, tmpfs.suid, tmpfs.dev, tmpfs.uid, tmpfs.gid));
    }

    private void take(String option) {
        int equals = option.indexOf('=');
        String value = option.substring(equals + 1);
        switch (equals < 0 ? option : option.substring(0, equals + 1)) {
            case "size=" -> size = SizeOption.parse("--tmpfs", value);
            case "mode=" -> mode = mode(spec, value);
            case "uid=" -> uid = number(value);
            case "gid=" -> gid = number(value);
            case "ro" -> readOnly = true;
            case "rw" -> readOnly = false;
            case "exec" -> exec = true;
            case "noexec" -> exec = false;
            case "suid" -> suid = true;
            case "nosuid" -> suid = false;
            case "dev" -> dev = true;
            case "nodev" -> dev = false;
            default ->
                    throw error(
                            "option '"
                                    + option
                                    + "' is unknown; there are size, mode, uid, gid, ro, rw, and"
                                    + " exec, suid, dev with and without 'no'");
        }
    }

    private int number(String text) {
        try {
            int number = Integer.parseInt(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // As with a negative one.
        }
        throw error("'" + text + "' is not the number of a user or group");
    }

    private InvalidSpec error(String why) {
        return new InvalidSpec("invalid tmpfs '" + spec + "': " + why);
    }

    static int mode(String spec, String text) {
        if (!text.matches("[0-7]{1,5}") || Integer.parseInt(text, 8) > 07777) {
            throw new InvalidSpec(
                    "invalid tmpfs '" + spec + "': mode '" + text + "' is not octal, as in 1777");
        }
        return Integer.parseInt(text, 8);
    }
}
