// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.host;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.storage.layer.Bytes;
import java.util.regex.Pattern;

/** Names that become names of folders. */
public final class Names {
    /** NAME_MAX of Linux. */
    private static final int MAX = 255;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    private Names() {}

    public static boolean isValid(String name) {
        return name.length() <= MAX && NAME.matcher(name).matches();
    }

    public static String check(String what, String name) {
        if (!isValid(name)) {
            throw new InvalidSpec(
                    what
                            + " name "
                            + Bytes.show(name)
                            + " is not allowed: use letters, digits, '_', '.' and '-', at most "
                            + MAX
                            + ", the first a letter or digit");
        }
        return name;
    }
}
