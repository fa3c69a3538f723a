// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import java.util.HashMap;
import java.util.Map;

/** {@code /etc/passwd} and {@code /etc/group}: a name and, in the third field, a number. */
final class AccountFile {
    private static final int NUMBER = 2;

    private AccountFile() {}

    /**
     * Numbers by names; lines that are not of that form are skipped, the first of a name counts.
     */
    static Map<String, Long> parse(String text) {
        Map<String, Long> numbers = new HashMap<>();
        text.lines()
                .forEach(line -> {
                    String[] fields = line.split(":", -1);
                    if (fields.length > NUMBER && fields[NUMBER].matches("\\d{1,10}")) {
                        numbers.putIfAbsent(fields[0], Long.parseLong(fields[NUMBER]));
                    }
                });
        return numbers;
    }
}
