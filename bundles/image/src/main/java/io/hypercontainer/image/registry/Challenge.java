// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a registry wants to see before it answers (RFC 9110, section 11.6.1).
 *
 * @param scheme {@code bearer} or {@code basic}, in lower case
 * @param parameters its parameters, names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int MAX_LENGTH = 8192;
    private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]++";
    private static final Pattern PART =
            Pattern.compile(
                    "\\G[\\s,]*+(?:(?<name>"
                            + TOKEN
                            + ")\\s*+=\\s*+"
                            + "(?:\"(?<quoted>(?:[^\"\\\\]|\\\\.)*+)\"|(?<plain>"
                            + TOKEN
                            + "))"
                            + "|(?<scheme>"
                            + TOKEN
                            + ")(?!\\s*+=))");

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /**
     * @param headers values of {@code WWW-Authenticate}
     * @return the challenges; what cannot be read is left out
     */
    static List<Challenge> parse(List<String> headers) {
        List<Challenge> all = new ArrayList<>();
        for (String header : headers) {
            if (header.length() <= MAX_LENGTH) {
                parse(header, all);
            }
        }
        return all;
    }

    private static void parse(String header, List<Challenge> all) {
        String scheme = "";
        Map<String, String> parameters = new HashMap<>();
        Matcher part = PART.matcher(header);
        while (part.find()) {
            String next = part.group("scheme");
            String quoted = part.group("quoted");
            if (next != null) {
                add(scheme, parameters, all);
                scheme = next.toLowerCase(Locale.ROOT);
                parameters.clear();
            } else {
                parameters.put(
                        part.group("name").toLowerCase(Locale.ROOT),
                        quoted == null ? part.group("plain") : quoted.replaceAll("\\\\(.)", "$1"));
            }
        }
        add(scheme, parameters, all);
    }

    private static void add(String scheme, Map<String, String> parameters, List<Challenge> all) {
        if (!scheme.isEmpty()) {
            all.add(new Challenge(scheme, parameters));
        }
    }

    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }
}
