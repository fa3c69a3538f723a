// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import io.hypercontainer.api.InvalidSpec;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pax time: seconds since 1970 with an optional fraction, before 1970 with a minus sign.
 *
 * @param nanos 0 to 999,999,999, always added to the seconds
 */
record PaxTime(long seconds, int nanos) {
    private static final Pattern DECIMAL = Pattern.compile("(-?)([0-9]{1,18})(?:\\.([0-9]*))?");
    private static final int NANOS_A_SECOND = 1_000_000_000;

    static PaxTime parse(String text) {
        Matcher decimal = DECIMAL.matcher(text);
        if (!decimal.matches()) {
            throw new InvalidSpec("tar: pax header: time is not a number");
        }
        long seconds = Long.parseLong(decimal.group(2));
        String fraction = decimal.group(3) == null ? "" : decimal.group(3);
        int nanos = Integer.parseInt((fraction + "000000000").substring(0, 9));
        if (decimal.group(1).isEmpty()) {
            return new PaxTime(seconds, nanos);
        }
        return nanos == 0
                ? new PaxTime(-seconds, 0)
                : new PaxTime(-seconds - 1, NANOS_A_SECOND - nanos);
    }
}
