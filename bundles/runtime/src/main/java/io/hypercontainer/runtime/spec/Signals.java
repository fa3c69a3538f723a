// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Names and numbers of the signals of Linux on x86-64 (signal(7)). */
public final class Signals {
    /** KILL. */
    public static final int KILL = 9;

    private static final List<String> NAMES =
            List.of(
                    "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    /** INT, QUIT, KILL and TERM. */
    private static final Set<Integer> ENDING = Set.of(2, 3, KILL, 15);

    private static final int RTMIN = 34;
    private static final int RTMAX = 64;

    private Signals() {}

    /**
     * @param signal name with or without {@code SIG}, or number
     * @return its number
     * @throws InvalidSpec if there is no such signal
     */
    public static int number(String signal) {
        String name = signal.toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int number =
                switch (name) {
                    case "IOT" -> NAMES.indexOf("ABRT");
                    case "CLD" -> NAMES.indexOf("CHLD");
                    case "POLL" -> NAMES.indexOf("IO");
                    case "" -> -1;
                    default -> NAMES.indexOf(name);
                };
        if (number < 1) {
            number = name.startsWith("RT") ? realTime(name) : decimal(name);
        }
        if (number < 1 || number > RTMAX) {
            throw new InvalidSpec(
                    "'" + signal + "' is no signal: use a name such as TERM or a number from 1");
        }
        return number;
    }

    /**
     * @param signal number of a signal that a user sends to a container
     * @param stopSignal the signal that asks the container to stop
     * @return whether the user wants it to end; HUP means "read your configuration" as often
     */
    public static boolean ends(int signal, String stopSignal) {
        return ENDING.contains(signal) || signal == number(stopSignal);
    }

    /** {@code RTMIN}, {@code RTMIN+3}, {@code RTMAX-1}: systemd in a container asks for such. */
    private static int realTime(String name) {
        if (name.equals("RTMIN")) {
            return RTMIN;
        }
        if (name.equals("RTMAX")) {
            return RTMAX;
        }
        int number = -1;
        if (name.startsWith("RTMIN+")) {
            number = RTMIN + decimal(name.substring(6));
        } else if (name.startsWith("RTMAX-")) {
            number = RTMAX - decimal(name.substring(6));
        }
        return number >= RTMIN ? number : -1;
    }

    private static int decimal(String digits) {
        return digits.matches("[0-9]{1,2}") ? Integer.parseInt(digits) : -1000;
    }
}
