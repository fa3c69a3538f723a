// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.overlay;

import io.hypercontainer.api.InvalidSpec;
import java.util.regex.Pattern;

/** Names that become names of folders. */
final class Names {
    /** NAME_MAX of Linux. */
    private static final int MAX = 255;

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]*");

    private Names() {}

    static boolean isValid(String name) {
        return name.length() <= MAX && NAME.matcher(name).matches();
    }

    static String check(String what, String name) {
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
