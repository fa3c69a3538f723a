// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.archive;

import java.util.Map;

/** Pax's extension headers: records of the form {@code "<length> <key>=<value>\n"}, raw. */
final class PaxRecords {
    private PaxRecords() {}

    static void read(byte[] content, Map<String, String> into) {
        String all = RawText.of(content);
        int at = 0;
        while (at < all.length()) {
            int space = all.indexOf(' ', at);
            long length = space < 0 ? 0 : number(all.substring(at, space));
            int start = space + 1;
            if (length < start - at + 2 || length > all.length() - at) {
                throw malformed();
            }
            int end = at + (int) length;
            int equals = all.indexOf('=', start);
            if (all.charAt(end - 1) != '\n' || equals < 0 || equals >= end) {
                throw malformed();
            }
            into.put(all.substring(start, equals), all.substring(equals + 1, end - 1));
            at = end;
        }
    }

    static long number(String digits) {
        if (!digits.matches("\\d{1,18}")) {
            throw malformed();
        }
        return Long.parseLong(digits);
    }

    private static RuntimeException malformed() {
        return TarReader.damaged("an extension header is malformed");
    }

    /** {@return a record, whose length counts its own digits} */
    static String record(String key, String value) {
        String rest = " " + key + "=" + value + "\n";
        int length = rest.length() + 1;
        while (Integer.toString(length).length() + rest.length() != length) {
            length = Integer.toString(length).length() + rest.length();
        }
        return length + rest;
    }
}
