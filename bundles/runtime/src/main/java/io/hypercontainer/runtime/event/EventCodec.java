// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.event;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.hypercontainer.api.runtime.Event;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Events as lines of JSON. What images and users call things may be long: lines are not. */
final class EventCodec {
    /** No line is longer. */
    static final int LONGEST_LINE = 16 * 1024;

    /** Three of them fit into a line even if each character has to be escaped. */
    private static final int LONGEST_WORD = 768;

    private static final int A_FEW = 8;

    private final JsonMapper json =
            JsonMapper.builder()
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .build();

    /** An event and its line. */
    record Encoded(Event event, byte[] line) {}

    /** Encodes an event; if it is too long, its largest attributes are left out. */
    Encoded encode(Event event) {
        List<Map.Entry<String, String>> smallestFirst =
                event.attributes().entrySet().stream()
                        .map(a -> Map.entry(whole(a.getKey()), whole(a.getValue())))
                        .sorted(Comparator.comparingInt(EventCodec::size))
                        .toList();
        int count = smallestFirst.size();
        for (int tries = 0; ; tries++) {
            Map<String, String> attributes = new HashMap<>();
            smallestFirst.subList(0, count).forEach(a -> attributes.put(a.getKey(), a.getValue()));
            Event kept =
                    new Event(
                            event.time(),
                            word(event.type()),
                            word(event.action()),
                            word(event.id()),
                            attributes);
            byte[] line = line(kept);
            if (line.length <= LONGEST_LINE) {
                return new Encoded(kept, line);
            }
            // A few may be long, or there may be very many.
            count = tries < A_FEW ? Math.max(0, count - 1) : count / 2;
        }
    }

    private byte[] line(Event event) {
        byte[] content = json.writeValueAsBytes(event);
        byte[] line = Arrays.copyOf(content, content.length + 1);
        line[content.length] = '\n';
        return line;
    }

    private static int size(Map.Entry<String, String> attribute) {
        return attribute.getKey().length() + attribute.getValue().length();
    }

    private static String word(String text) {
        return whole(text.length() > LONGEST_WORD ? text.substring(0, LONGEST_WORD) : text);
    }

    /** Half a surrogate pair, as hostile JSON can bring it in, has no bytes. */
    private static String whole(String text) {
        return new String(text.getBytes(UTF_8), UTF_8);
    }

    /** {@return the event of a line without its end; empty if it is damaged} */
    Optional<Encoded> decode(byte[] line) {
        try {
            return Optional.of(encode(json.readValue(line, Event.class)));
        } catch (JacksonException | NullPointerException e) { // the latter: a null attribute
            return Optional.empty();
        }
    }

    /** {@return the events of a file's content, in their order} */
    List<Encoded> decodeAll(byte[] content) {
        return new String(content, UTF_8)
                .lines()
                .flatMap(line -> decode(line.getBytes(UTF_8)).stream())
                .toList();
    }
}
