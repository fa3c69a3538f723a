// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.shell.command.option.RestartOption;
import io.hypercontainer.shell.command.option.SizeOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Values of a pod file that have a form of their own. */
final class Words {
    private static final int LONGEST_PATH = 4096;
    private static final long MEBIBYTE = 1L << 20;
    private static final Pattern PERMISSIONS = Pattern.compile("0[0-7]{3}|0");
    private static final Pattern SIGNAL_NUMBER = Pattern.compile("[1-9]|[1-5]\\d|6[0-4]");
    private static final Pattern REAL_TIME =
            Pattern.compile("RTMIN(\\+\\d|\\+[12]\\d|\\+30)?|RTMAX(-\\d|-[12]\\d|-30)?");
    private static final Set<String> SIGNALS =
            Set.of(
                    "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "IOT", "BUS", "FPE", "KILL",
                    "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CLD", "CONT",
                    "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
                    "WINCH", "IO", "POLL", "PWR", "SYS");

    private Words() {}

    /** An absolute path in a container, without detours. */
    static String guestPath(String path) {
        if (!path.startsWith("/") || path.length() > LONGEST_PATH) {
            throw new InvalidSpec(Problems.quoted(path) + " is not an absolute path");
        }
        return Path.of(path).normalize().toString();
    }

    /** Where something can be mounted. */
    static String mountPoint(String path) {
        String clean = guestPath(path);
        if (clean.equals("/")) {
            throw new InvalidSpec("nothing can be mounted on '/'");
        }
        return clean;
    }

    /** Four octal digits of which the first is 0, or 0 alone. */
    static int permissions(String text) {
        if (!PERMISSIONS.matcher(text).matches()) {
            throw new InvalidSpec(
                    Problems.quoted(text) + " is not of the form 0644: a 0 and three octal digits");
        }
        return Integer.parseInt(text, 8);
    }

    /** A signal by name, with or without {@code SIG}, or number. */
    static String signal(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        if (!SIGNALS.contains(name)
                && !REAL_TIME.matcher(name).matches()
                && !SIGNAL_NUMBER.matcher(name).matches()) {
            throw new InvalidSpec(
                    Problems.quoted(text) + " is no signal: use a name such as TERM or a number");
        }
        return name;
    }

    /** Memory: mebibytes as hyperd has it, or {@code 1g}. 0 means that nothing is said. */
    static long memory(String text) {
        if (text.matches("\\d{1,9}")) {
            return Long.parseLong(text) * MEBIBYTE;
        }
        return SizeOption.parse("memory", text);
    }

    /** A number of CPUs, 0 for no limit. */
    static double cpus(String text) {
        if (!text.matches("\\d{1,4}(\\.\\d{1,9})?")) {
            throw new InvalidSpec(
                    Problems.quoted(text) + " is not a number of CPUs, such as 0.5 or 2");
        }
        return Double.parseDouble(text);
    }

    /** Docker's words and hyperd's. */
    static RestartPolicy restart(String text) {
        String word = text.toLowerCase(Locale.ROOT);
        return RestartOption.parse(
                word.equals("never") ? "no" : word.replaceFirst("^onfailure", "on-failure"));
    }

    /** A cache mode of hyperd's disks. */
    static String cache(String text) {
        return switch (text) {
            case "off", "none", "directsync", "writeback", "unsafe", "writethrough" -> text;
            default ->
                    throw new InvalidSpec(
                            Problems.quoted(text)
                                    + " is unknown: there are off, none, directsync, writeback,"
                                    + " unsafe and writethrough");
        };
    }
}
