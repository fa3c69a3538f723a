// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import java.net.InetAddress;
import java.util.Locale;
import java.util.regex.Pattern;

/** Addresses and protocols as they are written; no name is looked up. */
public final class Addresses {
    private static final String OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
    private static final Pattern IPV4 = Pattern.compile(OCTET + "(\\." + OCTET + "){3}");
    private static final int BITS_IPV4 = 32;
    private static final int BITS_IPV6 = 128;

    private Addresses() {}

    /**
     * @param text what was written
     * @return the same
     * @throws InvalidSpec if it is not an IPv4 or IPv6 address
     */
    public static String ip(String text) {
        if (!IPV4.matcher(text).matches() && !isIpv6(text)) {
            throw new InvalidSpec(Problems.quoted(text) + " is not an IP address");
        }
        return text;
    }

    /**
     * @param text what was written
     * @return the same
     * @throws InvalidSpec if it is not an IPv4 address
     */
    public static String ipv4(String text) {
        if (!IPV4.matcher(text).matches()) {
            throw new InvalidSpec(Problems.quoted(text) + " is not an IPv4 address");
        }
        return text;
    }

    static String cidr(String text) {
        int slash = text.indexOf('/');
        if (slash > 0) {
            String address = ip(text.substring(0, slash));
            String bits = text.substring(slash + 1);
            int most = address.contains(":") ? BITS_IPV6 : BITS_IPV4;
            if (bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most) {
                return text;
            }
        }
        throw new InvalidSpec(Problems.quoted(text) + " is not a network, such as 192.168.1.0/24");
    }

    /**
     * @param text what was written
     * @return {@code tcp} or {@code udp}
     * @throws InvalidSpec if it is neither
     */
    public static String protocol(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (!lower.equals("tcp") && !lower.equals("udp")) {
            throw new InvalidSpec(Problems.quoted(text) + " is neither tcp nor udp");
        }
        return lower;
    }

    private static boolean isIpv6(String text) {
        if (!text.contains(":") || text.contains("%")) {
            return false;
        }
        try {
            InetAddress.ofLiteral(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
