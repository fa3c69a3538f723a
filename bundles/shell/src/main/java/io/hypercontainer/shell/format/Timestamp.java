// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Points in time, in UTC: the daemon does not know where its clients are. */
public final class Timestamp {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss '+0000 UTC'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter NANOS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private Timestamp() {}

    /**
     * @param instant a point in time
     * @return {@code 2026-11-24 08:00:00 +0000 UTC}
     */
    public static String seconds(Instant instant) {
        return SECONDS.format(instant);
    }

    /**
     * @param instant a point in time
     * @return {@code 2026-11-24T08:00:00.000000000Z}, all of the same length
     */
    public static String nanos(Instant instant) {
        return NANOS.format(instant);
    }
}
