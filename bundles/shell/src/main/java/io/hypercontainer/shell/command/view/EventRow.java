// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import io.hypercontainer.api.runtime.Event;
import io.hypercontainer.shell.format.Fields;
import io.hypercontainer.shell.format.Timestamp;
import io.hypercontainer.shell.format.Visible;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** An event as {@code events} prints it. */
public final class EventRow {
    /** Those whose events docker had before all others, in an older form. */
    private static final Set<String> OLD = Set.of("container", "image");

    private EventRow() {}

    /**
     * @param event an event
     * @return docker's line for it
     */
    public static String line(Event event) {
        String attributes =
                new TreeMap<>(event.attributes())
                        .entrySet().stream()
                                .map(a -> a.getKey() + "=" + a.getValue())
                                .collect(Collectors.joining(", "));
        return Visible.of(
                Timestamp.nanos(event.time())
                        + " "
                        + event.type()
                        + " "
                        + event.action()
                        + " "
                        + event.id()
                        + (attributes.isEmpty() ? "" : " (" + attributes + ")"));
    }

    /**
     * @param event an event
     * @return the fields that docker has in templates, and in JSON under other names
     */
    public static Fields of(Event event) {
        boolean old = OLD.contains(event.type());
        String status = old ? event.action() : "";
        String id = old ? event.id() : "";
        String from =
                event.type().equals("container")
                        ? event.attributes().getOrDefault("image", "")
                        : "";
        long seconds = event.time().getEpochSecond();
        long nanos = ChronoUnit.NANOS.between(Instant.EPOCH, event.time());
        Fields json = new Fields();
        if (old) {
            json.put("status", status).put("id", id);
        }
        if (!from.isEmpty()) {
            json.put("from", from);
        }
        Fields actor = actor(event.id(), event.attributes());
        json.put("Type", event.type())
                .put("Action", event.action())
                .put("Actor", actor)
                .put("scope", "local")
                .put("time", seconds)
                .put("timeNano", nanos);
        return new Fields()
                .put("Status", status)
                .put("ID", id)
                .put("From", from)
                .put("Type", event.type())
                .put("Action", event.action())
                .put("Actor", actor)
                .put("Scope", "local")
                .put("Time", seconds)
                .put("TimeNano", nanos)
                .json(json);
    }

    private static Fields actor(String id, Map<String, String> attributes) {
        return new Fields().put("ID", id).put("Attributes", attributes);
    }
}
