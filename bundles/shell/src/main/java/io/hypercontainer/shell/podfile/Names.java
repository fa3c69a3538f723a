// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import java.util.regex.Pattern;

/** What names in a pod file look like. */
final class Names {
    static final int LONGEST_HOSTNAME = 63;
    private static final int LONGEST_DOMAIN = 253;
    private static final Pattern OBJECT = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}");
    private static final Pattern VOLUME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");
    private static final Pattern LABEL =
            Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?");
    private static final Pattern DOMAIN_LABEL =
            Pattern.compile("[a-zA-Z0-9_]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9_])?");
    private static final Pattern IMAGE =
            Pattern.compile(
                    "([a-zA-Z0-9.-]+(:\\d{1,5})?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*"
                            + "(:[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?");
    private static final int LONGEST_IMAGE = 512;
    private static final int LONGEST_USER = 256;

    private Names() {}

    /** Of a pod or a container. */
    static String object(String name) {
        return fitting(OBJECT, name, "2 to 128 letters, digits, '_', '.', '-'");
    }

    /** Of a volume. */
    static String volume(String name) {
        return fitting(VOLUME, name, "1 to 128 letters, digits, '_', '.', '-'");
    }

    private static String fitting(Pattern grammar, String name, String allowed) {
        if (!grammar.matcher(name).matches()) {
            throw new InvalidSpec(
                    Problems.quoted(name)
                            + " is not a name: it takes "
                            + allowed
                            + " and starts with a letter or digit");
        }
        return name;
    }

    /** Parts divided by dots, each a label of DNS. */
    static String hostname(String name) {
        if (name.length() > LONGEST_HOSTNAME) {
            throw new InvalidSpec(
                    Problems.quoted(name) + " is longer than " + LONGEST_HOSTNAME + " characters");
        }
        for (String label : name.split("\\.", -1)) {
            if (!LABEL.matcher(label).matches()) {
                throw new InvalidSpec(
                        Problems.quoted(name)
                                + " is not a host name: each part between dots takes letters,"
                                + " digits and '-', and starts and ends with a letter or digit");
            }
        }
        return name;
    }

    /** A domain to search host names in. */
    static String domain(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        boolean fits = bare.length() <= LONGEST_DOMAIN;
        for (String label : bare.split("\\.", -1)) {
            fits &= DOMAIN_LABEL.matcher(label).matches();
        }
        if (!fits && !name.equals(".")) {
            throw new InvalidSpec(Problems.quoted(name) + " is not a domain");
        }
        return name;
    }

    /** A reference to an image. */
    static String image(String reference) {
        if (reference.length() > LONGEST_IMAGE || !IMAGE.matcher(reference).matches()) {
            throw new InvalidSpec(
                    Problems.quoted(reference)
                            + " is not the name of an image, such as busybox:1.36 or"
                            + " registry.example.com/team/tool");
        }
        return reference;
    }

    /** A name or number of a user or group. */
    static String user(String name) {
        if (name.length() > LONGEST_USER || name.indexOf(':') >= 0) {
            throw new InvalidSpec(
                    Problems.quoted(name) + " is not the name or number of a user or group");
        }
        return name;
    }
}
