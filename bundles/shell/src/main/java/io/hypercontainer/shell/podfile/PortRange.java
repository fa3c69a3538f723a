// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One port or several in a row.
 *
 * @param first the first, 0 for any
 * @param last the last
 */
record PortRange(int first, int last) {
    /** A port that shall be chosen. */
    static final PortRange ANY = new PortRange(0, 0);

    private static final Pattern FORM = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int HIGHEST = 65535;

    /** {@code 80} or {@code 8000-8010}. */
    static PortRange parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new InvalidSpec(
                    Problems.quoted(text) + " is neither a port nor a range such as 8000-8010");
        }
        int first = port(matcher.group(1));
        int last = matcher.group(2) == null ? first : port(matcher.group(2));
        if (last < first) {
            throw new InvalidSpec("range " + text + " ends before it begins");
        }
        if (first == 0 && last > 0) {
            throw new InvalidSpec("range " + text + " begins with 0, which is no port");
        }
        return new PortRange(first, last);
    }

    private static int port(String digits) {
        int port = Integer.parseInt(digits);
        if (port > HIGHEST) {
            throw new InvalidSpec("port " + digits + " is above " + HIGHEST);
        }
        return port;
    }

    boolean any() {
        return first == 0;
    }

    int size() {
        return last - first + 1;
    }
}
