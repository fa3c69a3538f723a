// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads YAML from the parser's events, with anchors, aliases and merge keys. A value behind an
 * alias counts as often as it is used, so that a small file cannot become a huge one.
 */
final class YamlDocument {
    private static final String MERGE = "<<";
    private static final Pattern NUMBER =
            Pattern.compile(
                    "[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d+)?|0x[0-9a-fA-F]+|0o[0-7]+");
    private static final Pattern NOTHING = Pattern.compile("|~|null|Null|NULL");
    private static final Pattern FLAG = Pattern.compile("true|True|TRUE|false|False|FALSE");

    private record Anchored(Value value, int size) {}

    private final Iterator<Event> events;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int values;

    private YamlDocument(Iterator<Event> events) {
        this.events = events;
    }

    static Value parse(byte[] bytes) throws InvalidPodFile {
        LoadSettings settings =
                LoadSettings.builder()
                        .setCodePointLimit(Document.MAX_BYTES)
                        .setAllowDuplicateKeys(false)
                        .build();
        try {
            return new YamlDocument(
                            new Parse(settings)
                                    .parseInputStream(new ByteArrayInputStream(bytes))
                                    .iterator())
                    .document();
        } catch (MarkedYamlEngineException e) {
            throw error(e.getProblemMark(), e.getProblem());
        } catch (YamlEngineException e) {
            throw error(Optional.empty(), String.valueOf(e.getMessage()));
        }
    }

    private Value document() throws InvalidPodFile {
        events.next(); // the stream starts
        if (events.next().getEventId() == Event.ID.StreamEnd) {
            throw new InvalidPodFile("it is empty");
        }
        Value value = value(events.next(), 0);
        events.next(); // the document ends
        Event next = events.next();
        if (next.getEventId() != Event.ID.StreamEnd) {
            throw error(next.getStartMark(), "a second document begins; one file is one pod");
        }
        return value;
    }

    private Value value(Event event, int depth) throws InvalidPodFile {
        int before = values;
        count(event, 1);
        Value value =
                switch (event) {
                    case AliasEvent alias -> alias(alias);
                    case ScalarEvent scalar -> scalar(scalar);
                    case SequenceStartEvent list -> items(list, depth + 1);
                    case MappingStartEvent object -> entries(object, depth + 1);
                    default -> throw error(event.getStartMark(), "unexpected " + event);
                };
        if (event instanceof NodeEvent node && !(event instanceof AliasEvent)) {
            node.getAnchor().ifPresent(a -> anchors.put(a, new Anchored(value, values - before)));
        }
        return value;
    }

    private void count(Event event, int more) throws InvalidPodFile {
        values += more;
        if (values > Document.MAX_VALUES) {
            throw error(
                    event.getStartMark(),
                    "it has more than " + Document.MAX_VALUES + " values, counted with aliases");
        }
    }

    private Value alias(AliasEvent event) throws InvalidPodFile {
        Anchored anchored = anchors.get(event.getAlias());
        if (anchored == null) {
            throw error(event.getStartMark(), "nothing before is marked as &" + event.getAlias());
        }
        count(event, anchored.size());
        return anchored.value();
    }

    private static Value scalar(ScalarEvent event) throws InvalidPodFile {
        String text = event.getValue();
        boolean named =
                event.getTag().map(tag -> tag.equals("tag:yaml.org,2002:str")).orElse(false);
        if (!named) {
            noTag(event, event.getTag());
        }
        if (named || !event.isPlain()) {
            return new Value.Scalar(text, Value.Kind.TEXT);
        }
        if (NOTHING.matcher(text).matches()) {
            return new Value.Nothing();
        }
        if (FLAG.matcher(text).matches()) {
            return new Value.Scalar(text.toLowerCase(java.util.Locale.ROOT), Value.Kind.FLAG);
        }
        return new Value.Scalar(
                text, NUMBER.matcher(text).matches() ? Value.Kind.NUMBER : Value.Kind.TEXT);
    }

    private Value items(SequenceStartEvent start, int depth) throws InvalidPodFile {
        enter(start, depth);
        List<Value> items = new ArrayList<>();
        for (Event e = events.next(); e.getEventId() != Event.ID.SequenceEnd; e = events.next()) {
            items.add(value(e, depth));
        }
        return new Value.Items(items);
    }

    private Value entries(MappingStartEvent start, int depth) throws InvalidPodFile {
        enter(start, depth);
        Map<String, Value> own = new LinkedHashMap<>();
        Map<String, Value> merged = new LinkedHashMap<>();
        for (Event e = events.next(); e.getEventId() != Event.ID.MappingEnd; e = events.next()) {
            if (!(e instanceof ScalarEvent key)) {
                throw error(e.getStartMark(), "the name of a field must be text");
            }
            count(key, 1);
            Value value = value(events.next(), depth);
            if (key.isPlain() && key.getValue().equals(MERGE)) {
                merge(key, value, merged);
            } else if (own.putIfAbsent(key.getValue(), value) != null) {
                throw error(
                        key.getStartMark(),
                        "field " + Problems.quoted(key.getValue()) + " is there twice");
            }
        }
        merged.forEach(own::putIfAbsent);
        return new Value.Entries(own);
    }

    private static void merge(ScalarEvent key, Value value, Map<String, Value> into)
            throws InvalidPodFile {
        switch (value) {
            case Value.Entries entries -> entries.values().forEach(into::putIfAbsent);
            case Value.Items items -> {
                for (Value item : items.values()) {
                    merge(key, item, into);
                }
            }
            default ->
                    throw error(
                            key.getStartMark(), "<< merges objects, not " + value.kindInWords());
        }
    }

    private static void enter(CollectionStartEvent start, int depth) throws InvalidPodFile {
        noTag(start, start.getTag());
        if (depth > Document.MAX_DEPTH) {
            throw error(
                    start.getStartMark(),
                    "more than " + Document.MAX_DEPTH + " objects and lists inside one another");
        }
    }

    private static void noTag(Event event, Optional<String> tag) throws InvalidPodFile {
        if (tag.isPresent()) {
            throw error(event.getStartMark(), "tag " + Problems.quoted(tag.get()) + " is unknown");
        }
    }

    private static InvalidPodFile error(Optional<Mark> at, String why) {
        String text = why.replaceAll("\\s*\n\\s*", " ");
        return new InvalidPodFile(
                at.map(m ->
                                "line %d, column %d: %s"
                                        .formatted(m.getLine() + 1, m.getColumn() + 1, text))
                        .orElse(text));
    }
}
