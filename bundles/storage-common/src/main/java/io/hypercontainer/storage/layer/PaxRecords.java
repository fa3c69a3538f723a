// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.storage.layer;

import io.hypercontainer.api.InvalidSpec;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/**
 * The records of one pax extended header: "LENGTH KEY=VALUE\n", values being bytes (POSIX.1-2017,
 * pax, "pax Extended Header"). Read here rather than by a library because libraries decode values
 * as UTF-8, which destroys binary attributes such as security.capability.
 */
final class PaxRecords {
    private static final String SCHILY = "SCHILY.xattr.";
    private static final String LIBARCHIVE = "LIBARCHIVE.xattr.";

    private final Map<String, String> records = new TreeMap<>();

    static PaxRecords parse(byte[] data) {
        var pax = new PaxRecords();
        int at = 0;
        while (at < data.length) {
            int blank = at;
            int length = 0;
            while (blank < data.length && data[blank] >= '0' && data[blank] <= '9') {
                length = length * 10 + (data[blank] - '0');
                if (length > data.length) {
                    throw bad("a record is longer than the header");
                }
                blank++;
            }
            int end = at + length;
            if (blank == at || end <= blank + 1 || end > data.length) {
                throw bad("a record's length is wrong");
            }
            if (data[blank] != ' ' || data[end - 1] != '\n') {
                throw bad("a record does not end where its length says");
            }
            int equals = blank + 1;
            while (equals < end && data[equals] != '=') {
                equals++;
            }
            if (equals == end || equals == blank + 1) {
                throw bad("a record has no key");
            }
            String key = Bytes.of(data, blank + 1, equals - blank - 1);
            String value = Bytes.of(data, equals + 1, end - equals - 2);
            pax.records.put(key, value);
            at = end;
        }
        return pax;
    }

    /** An empty value takes an override back, so it counts as absent. */
    String text(String key, String otherwise) {
        String value = records.getOrDefault(key, "");
        if (value.indexOf('\0') >= 0) {
            throw bad(key + " contains a NUL byte");
        }
        return value.isEmpty() ? otherwise : value;
    }

    long number(String key, long otherwise) {
        String value = text(key, "");
        if (value.isEmpty()) {
            return otherwise;
        }
        try {
            return Long.parseLong(value);
        } catch (NumberFormatException e) {
            throw bad(key + " is not a number");
        }
    }

    PaxTime time(String key, long otherwiseSeconds) {
        String value = text(key, "");
        return value.isEmpty() ? new PaxTime(otherwiseSeconds, 0) : PaxTime.parse(value);
    }

    boolean describesSparseFile() {
        return records.keySet().stream().anyMatch(k -> k.startsWith("GNU.sparse."));
    }

    /** SCHILY's values are the bytes themselves; libarchive's are base64 under an escaped name. */
    Map<String, byte[]> xattrs() {
        var xattrs = new TreeMap<String, byte[]>();
        records.forEach((key, value) -> {
            if (key.startsWith(LIBARCHIVE)) {
                String name = unescape(key.substring(LIBARCHIVE.length()));
                xattrs.putIfAbsent(name, base64(key, value));
            } else if (key.startsWith(SCHILY)) {
                xattrs.put(key.substring(SCHILY.length()), Bytes.toArray(value));
            }
        });
        return xattrs;
    }

    private static byte[] base64(String key, String value) {
        try {
            return Base64.getDecoder().decode(value.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw bad(Bytes.show(key) + " is not base64");
        }
    }

    /** Percent escapes, anything else taken as it is. */
    private static String unescape(String name) {
        var plain = new StringBuilder();
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '%' && i + 2 < name.length()) {
                int high = Character.digit(name.charAt(i + 1), 16);
                int low = Character.digit(name.charAt(i + 2), 16);
                if (high >= 0 && low >= 0) {
                    plain.append((char) (high * 16 + low));
                    i += 2;
                    continue;
                }
            }
            plain.append(c);
        }
        return plain.toString();
    }

    private static InvalidSpec bad(String what) {
        return new InvalidSpec("tar: pax header: " + what);
    }
}
