// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import io.hypercontainer.e2e.ChaosSlot.State;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares a daemon that was started again with what its clients were told before. */
final class ChaosCheck {
    private final Daemon daemon;
    private final List<ChaosSlot> slots;

    ChaosCheck(Daemon daemon, List<ChaosSlot> slots) {
        this.daemon = daemon;
        this.slots = slots;
    }

    /**
     * What the daemon says of a container.
     *
     * @param state what it does
     * @param exitCode how it ended
     * @param nonce what it printed first in its last run
     */
    private record Seen(State state, int exitCode, String nonce) {
        static final Seen ABSENT = new Seen(State.ABSENT, 0, "");
    }

    /**
     * Looks until everything is as it must be; recovery works in the background.
     *
     * @throws AssertionError if it does not come to that
     */
    void settle() throws InterruptedException, IOException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        List<String> wrong = look();
        while (!wrong.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(String.join("\n", wrong));
            }
            Thread.sleep(100);
            wrong = look();
        }
    }

    private List<String> look() throws InterruptedException, IOException {
        List<String> wrong = new ArrayList<>();
        Map<String, Seen> seen = seen(wrong);
        for (ChaosSlot slot : slots) {
            Seen now = seen.getOrDefault(slot.name, Seen.ABSENT);
            if (!isAllowed(slot, now)) {
                wrong.add(
                        "%s was %s (%d, '%s', own end %d) with %s unanswered and is %s"
                                .formatted(
                                        slot.name,
                                        slot.state,
                                        slot.exitCode,
                                        slot.nonce,
                                        slot.ownEnd,
                                        slot.unanswered,
                                        now));
            } else if (now.state() == State.RUNNING) {
                checkPort(slot, now, wrong);
            }
        }
        checkLeaks(seen, wrong);
        if (wrong.isEmpty()) {
            slots.forEach(slot -> accept(slot, seen.getOrDefault(slot.name, Seen.ABSENT)));
        }
        return wrong;
    }

    private Map<String, Seen> seen(List<String> wrong) throws InterruptedException {
        Map<String, Seen> seen = new HashMap<>();
        for (String name : daemon.ctl("ps", "-a", "--format", "{{.Names}}").ok().lines().toList()) {
            Result inspected =
                    daemon.ctl(
                            "inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}", name);
            if (inspected.exit() != 0) {
                wrong.add(name + " is listed, but: " + inspected.err());
                continue;
            }
            String[] words = inspected.out().strip().split(" ");
            State state = State.valueOf(words[0].toUpperCase(java.util.Locale.ROOT));
            seen.put(name, new Seen(state, Integer.parseInt(words[1]), lastNonce(name, wrong)));
        }
        return seen;
    }

    /** {@return the beginning of the last run; what was printed must be complete and in order} */
    private String lastNonce(String name, List<String> wrong) throws InterruptedException {
        String nonce = "";
        int last = 0;
        for (String line : daemon.ctl("logs", name).ok().lines().toList()) {
            if (line.startsWith("start ")) {
                nonce = line.substring("start ".length());
                last = 0;
            } else if (!line.equals(Integer.toString(++last))) {
                wrong.add(name + ": line " + line + " where " + last + " is due");
                return nonce;
            }
        }
        return nonce;
    }

    private static boolean isAllowed(ChaosSlot slot, Seen now) {
        if (asBefore(slot, now)) {
            return true;
        }
        if (slot.unanswered == null) {
            return false;
        }
        boolean same = slot.nonce.isEmpty() || slot.nonce.equals(now.nonce());
        return switch (slot.unanswered) {
            case CREATE -> now.state() == State.CREATED;
            case RUN, START ->
                    now.state() == State.RUNNING
                            || now.state() == State.CREATED
                            || ended(now, 255)
                            || endedByItself(slot, now);
            case EXEC -> false;
            case STOP -> same && (ended(now, ChaosSlot.STOPPED) || ended(now, 137));
            case KILL -> same && ended(now, 137);
            case PAUSE -> same && now.state() == State.PAUSED;
            case UNPAUSE -> same && (now.state() == State.RUNNING || endedByItself(slot, now));
            case REMOVE -> now.state() == State.ABSENT;
            case REMOVE_RUNNING ->
                    now.state() == State.ABSENT
                            || (same && (now.state() == State.RUNNING || ended(now, 137)));
        };
    }

    private static boolean asBefore(ChaosSlot slot, Seen now) {
        boolean same = slot.nonce.isEmpty() || slot.nonce.equals(now.nonce());
        return switch (slot.state) {
            case ABSENT, CREATED -> now.state() == slot.state;
            case RUNNING -> same && (now.state() == State.RUNNING || endedByItself(slot, now));
            case PAUSED -> same && now.state() == State.PAUSED;
            case EXITED -> same && (ended(now, slot.exitCode) || endedByItself(slot, now));
        };
    }

    private static boolean endedByItself(ChaosSlot slot, Seen now) {
        return slot.ownEnd != 0 && ended(now, slot.ownEnd);
    }

    private static boolean ended(Seen now, int code) {
        return now.state() == State.EXITED && now.exitCode() == code;
    }

    private static void accept(ChaosSlot slot, Seen now) {
        slot.state = now.state();
        slot.exitCode = now.exitCode();
        slot.nonce = now.nonce();
        slot.unanswered = null;
    }

    /** What runs answers on its port as before. */
    private static void checkPort(ChaosSlot slot, Seen now, List<String> wrong)
            throws InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
            String answer =
                    client.send(
                                    HttpRequest.newBuilder(
                                                    URI.create("http://127.0.0.1:" + slot.port))
                                            .timeout(Duration.ofSeconds(20))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body()
                            .strip();
            if (!answer.equals(now.nonce())) {
                wrong.add(slot.name + " answers '" + answer + "' instead of " + now.nonce());
            }
        } catch (IOException e) {
            wrong.add(slot.name + " does not answer on port " + slot.port + ": " + e);
        }
    }

    private void checkLeaks(Map<String, Seen> seen, List<String> wrong)
            throws InterruptedException, IOException {
        Set<String> containers = ids("ps", "-aq", "--no-trunc");
        compare("containers", containers, folders("containers"), wrong);
        compare("root file systems", containers, folders("overlay/roots"), wrong);
        compare("pods", ids("pod", "ls", "-q", "--no-trunc"), folders("pods"), wrong);
        Set<String> alive = ids("pod", "ls", "-q", "-f", "status=running", "-f", "status=paused");
        compare("machines", alive, folders("vms"), wrong);
        long volumes = daemon.ctl("volume", "ls", "-q").ok().lines().count();
        if (volumes != seen.size()) {
            wrong.add(volumes + " volumes for " + seen.size() + " containers");
        }
        for (String helper : daemon.helpers()) {
            if (alive.stream().noneMatch(helper::contains)) {
                wrong.add("a process of nobody: " + helper);
            }
        }
    }

    private Set<String> ids(String... words) throws InterruptedException {
        return daemon.ctl(words).ok().lines().collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> folders(String folder) throws IOException {
        return daemon.files(folder).stream()
                .filter(f -> !f.contains("/"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void compare(
            String what, Set<String> expected, Set<String> found, List<String> wrong) {
        if (!expected.equals(found)) {
            wrong.add(what + ": expected " + expected + ", found " + found);
        }
    }
}
