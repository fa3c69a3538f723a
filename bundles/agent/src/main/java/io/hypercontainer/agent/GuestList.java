// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import io.hypercontainer.api.DriverFailure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The guest's answer to the request {@code list}, checked. */
final class GuestList {
    /** As many as the agent allows. */
    private static final int MAX_CONTAINERS = 256;

    private static final int MAX_PROCESSES = 1024;

    /** A container and its processes. */
    record Container(String id, List<Process> processes) {}

    /** A process; streams that are gone are empty. */
    record Process(
            String id,
            int pid,
            boolean terminal,
            Optional<Pipe> stdin,
            Optional<Pipe> stdout,
            Optional<Pipe> stderr) {
        List<Pipe> streams() {
            return java.util.stream.Stream.of(stdin, stdout, stderr)
                    .flatMap(Optional::stream)
                    .toList();
        }
    }

    /**
     * A stream.
     *
     * @param id its id
     * @param start the oldest offset that the sender keeps, or the receiver has dealt with
     * @param end how far there are bytes
     */
    record Pipe(int id, long start, long end) {}

    private GuestList() {}

    static List<Container> of(ObjectNode reply) {
        List<Container> containers = new ArrayList<>();
        int processCount = 0;
        for (JsonNode node : reply.path("containers")) {
            List<Process> processes = new ArrayList<>();
            for (JsonNode process : node.path("processes")) {
                if (++processCount > MAX_PROCESSES) {
                    throw new DriverFailure("the guest lists more than the possible processes");
                }
                processes.add(process(process));
            }
            if (containers.size() == MAX_CONTAINERS) {
                throw new DriverFailure("the guest lists more than the possible containers");
            }
            containers.add(new Container(id(node, "container"), processes));
        }
        return containers;
    }

    private static Process process(JsonNode node) {
        JsonNode streams = node.path("streams");
        return new Process(
                id(node, "process"),
                node.path("pid").asInt(0),
                node.path("terminal").asBoolean(false),
                stream(streams.path("stdin")),
                stream(streams.path("stdout")),
                stream(streams.path("stderr")));
    }

    private static String id(JsonNode node, String key) {
        String id = node.path(key).asString("");
        if (id.isEmpty() || id.length() > 64) {
            throw new DriverFailure("the guest lists a " + key + " without a valid id");
        }
        return id;
    }

    private static Optional<Pipe> stream(JsonNode node) {
        if (!node.isObject()) {
            return Optional.empty();
        }
        int id = node.path("id").asInt(0);
        long start = node.path("start").asLong(-1);
        long end = node.path("end").asLong(-1);
        if (id <= 0 || start < 0 || end < start || end - start > Stream.WINDOW) {
            throw new DriverFailure("the guest lists a stream that cannot be");
        }
        return Optional.of(new Pipe(id, start, end));
    }
}
