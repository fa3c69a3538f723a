// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.agent.ProcessInfo;
import io.hypercontainer.shell.format.Visible;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** What {@code top} can tell of a process, named as ps(1) names it. */
public enum ProcessColumn {
    /** Its owner. */
    USER("USER"),
    /** Its owner, as {@code ps -f} heads it. */
    UID("UID"),
    /** Its number in the container. */
    PID("PID"),
    /** Its parent. */
    PPID("PPID"),
    /** Its share of a processor since it began, as {@code ps -f} has it. */
    C("C"),
    /** Its share of a processor since it began. */
    PERCENT_CPU("%CPU"),
    /** When it began. */
    STIME("STIME"),
    /** When it began, in full. */
    STARTED("STARTED"),
    /** How long it has run. */
    ELAPSED("ELAPSED"),
    /** Its terminal. */
    TTY("TTY"),
    /** Processor time it has used. */
    TIME("TIME"),
    /** Its program's name. */
    COMMAND("COMMAND"),
    /** Its command line. */
    CMD("CMD");

    /** As {@code ps -ef}. */
    public static final List<ProcessColumn> FULL =
            List.of(UID, PID, PPID, C, STIME, TTY, TIME, CMD);

    /** As {@code ps aux}, as far as it is known. */
    public static final List<ProcessColumn> BSD =
            List.of(USER, PID, PERCENT_CPU, TTY, STIME, TIME, CMD);

    private static final DateTimeFormatter TODAY = formatter("HH:mm");
    private static final DateTimeFormatter EARLIER = formatter("MMMdd");
    private static final DateTimeFormatter WHOLE = formatter("EEE MMM d HH:mm:ss yyyy");

    private final String heading;

    ProcessColumn(String heading) {
        this.heading = heading;
    }

    private static DateTimeFormatter formatter(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
    }

    /**
     * @param name what ps(1) calls it in {@code -o}
     * @return the column
     * @throws InvalidSpec if it is not known here
     */
    public static ProcessColumn named(String name) {
        return switch (name) {
            case "user", "uid", "euser", "euid", "ruser", "uname" -> USER;
            case "pid", "tgid" -> PID;
            case "ppid" -> PPID;
            case "c" -> C;
            case "%cpu", "pcpu" -> PERCENT_CPU;
            case "stime", "start_time", "start", "bsdstart" -> STIME;
            case "lstart" -> STARTED;
            case "etime" -> ELAPSED;
            case "tty", "tt", "tname" -> TTY;
            case "time", "cputime" -> TIME;
            case "comm", "ucmd", "ucomm" -> COMMAND;
            case "cmd", "args", "command" -> CMD;
            default ->
                    throw new InvalidSpec(
                            "top does not know the column '"
                                    + name
                                    + "': it has user, pid, ppid, c, pcpu, stime, lstart, etime,"
                                    + " tty, time, comm, args");
        };
    }

    /** {@return what stands above it} */
    public String heading() {
        return heading;
    }

    /**
     * @param process a process
     * @param now the present
     * @return what this column says of it
     */
    public String of(ProcessInfo process, Instant now) {
        return switch (this) {
            case USER, UID -> Visible.of(process.user());
            case PID -> Integer.toString(process.pid());
            case PPID -> Integer.toString(process.parent());
            case C -> Long.toString(Math.round(Math.floor(share(process, now))));
            case PERCENT_CPU -> String.format(Locale.ROOT, "%.1f", share(process, now));
            case STIME -> stime(process.started(), now);
            case STARTED -> WHOLE.format(process.started());
            case ELAPSED -> elapsed(age(process, now));
            case TTY -> Visible.of(process.terminal());
            case TIME -> clock(process.cpuTime());
            case COMMAND -> Visible.of(program(process.command()));
            case CMD -> Visible.of(process.command());
        };
    }

    /** The clock of a guest may be ahead. */
    private static Duration age(ProcessInfo process, Instant now) {
        Duration age = Duration.between(process.started(), now);
        return age.isNegative() ? Duration.ZERO : age;
    }

    private static double share(ProcessInfo process, Instant now) {
        long age = age(process, now).toMillis();
        return age <= 0 ? 0 : 100.0 * process.cpuTime().toMillis() / age;
    }

    private static String stime(Instant started, Instant now) {
        return started.isAfter(now.minus(Duration.ofDays(1)))
                ? TODAY.format(started)
                : EARLIER.format(started);
    }

    private static String clock(Duration time) {
        String days = time.toDays() > 0 ? time.toDays() + "-" : "";
        return String.format(
                Locale.ROOT,
                "%s%02d:%02d:%02d",
                days,
                time.toHoursPart(),
                time.toMinutesPart(),
                time.toSecondsPart());
    }

    private static String elapsed(Duration time) {
        return time.toHours() > 0
                ? clock(time)
                : String.format(
                        Locale.ROOT, "%02d:%02d", time.toMinutesPart(), time.toSecondsPart());
    }

    private static String program(String command) {
        String first = command.split(" ", 2)[0];
        return first.substring(first.lastIndexOf('/') + 1);
    }
}
