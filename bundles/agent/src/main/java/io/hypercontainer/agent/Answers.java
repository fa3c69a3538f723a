// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.agent.Change;
import io.hypercontainer.api.agent.GuestStats;
import io.hypercontainer.api.agent.PathStat;
import io.hypercontainer.api.agent.ProcessInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes what the API tells of what the guest says, see docs/guest-protocol.md. */
final class Answers {
    private static final int MAX_COMMAND = 4096;

    private Answers() {}

    static Records<ProcessInfo> processes(String container) {
        return new Records<>(
                "the processes of container " + container,
                7,
                4096,
                32 * 1024 * 1024,
                Answers::process);
    }

    private static ProcessInfo process(List<String> fields) {
        return new ProcessInfo(
                Integer.parseInt(fields.get(0)),
                Integer.parseInt(fields.get(1)),
                GuestText.clean(fields.get(2)),
                time(fields.get(3)),
                GuestText.clean(fields.get(4)),
                micros(number(fields.get(5))),
                GuestText.clean(fields.get(6), MAX_COMMAND));
    }

    static Records<Change> changes(String container) {
        return new Records<>(
                "the changes of container " + container,
                2,
                1_000_000,
                256 * 1024 * 1024,
                Answers::change);
    }

    private static Change change(List<String> fields) {
        Change.Kind kind =
                switch (fields.get(0)) {
                    case "A" -> Change.Kind.ADDED;
                    case "C" -> Change.Kind.CHANGED;
                    case "D" -> Change.Kind.DELETED;
                    default -> throw new IllegalArgumentException("kind " + fields.get(0));
                };
        return new Change(kind, fields.get(1));
    }

    static Records<PathStat> stat(String path) {
        return new Records<>("the file " + path, 5, 1, 64 * 1024, Answers::pathStat);
    }

    private static PathStat pathStat(List<String> fields) {
        return new PathStat(
                fields.get(0),
                number(fields.get(1)),
                Integer.parseInt(fields.get(2)),
                time(fields.get(3)),
                fields.get(4));
    }

    static GuestStats stats(ObjectNode reply) {
        long received = 0;
        long sent = 0;
        for (JsonNode network : reply.path("interfaces")) {
            if (!network.path("name").asString("").equals("lo")) {
                received += network.path("receivedBytes").asLong(0);
                sent += network.path("sentBytes").asLong(0);
            }
        }
        return new GuestStats(
                micros(reply.path("cpuMicros").asLong(0)),
                reply.path("memoryBytes").asLong(0),
                reply.path("memoryLimitBytes").asLong(0),
                reply.path("processes").asInt(0),
                reply.path("ioReadBytes").asLong(0),
                reply.path("ioWriteBytes").asLong(0),
                received,
                sent);
    }

    private static Duration micros(long micros) {
        return Duration.ofNanos(Math.clamp(micros, 0, Long.MAX_VALUE / 1000) * 1000);
    }

    private static long number(String text) {
        return Long.parseLong(text);
    }

    private static Instant time(String nanoseconds) {
        return Instant.ofEpochSecond(0, number(nanoseconds));
    }
}
