// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON. */
final class JsonDocument {
    private final JsonParser parser;
    private int values;

    private JsonDocument(JsonParser parser) {
        this.parser = parser;
    }

    static Value parse(byte[] bytes) throws InvalidPodFile {
        JsonFactory factory =
                JsonFactory.builder()
                        .streamReadConstraints(
                                StreamReadConstraints.builder()
                                        .maxNestingDepth(Document.MAX_DEPTH)
                                        .maxStringLength(Document.MAX_BYTES)
                                        .build())
                        .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                        .build();
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), bytes)) {
            if (parser.nextToken() == null) {
                throw new InvalidPodFile("it is empty");
            }
            Value value = new JsonDocument(parser).value();
            if (parser.nextToken() != null) {
                throw error(parser.currentTokenLocation(), "something follows the object");
            }
            return value;
        } catch (JacksonException e) {
            throw error(e.getLocation(), e.getOriginalMessage());
        }
    }

    private Value value() throws InvalidPodFile {
        if (++values > Document.MAX_VALUES) {
            throw new InvalidPodFile("it has more than " + Document.MAX_VALUES + " values");
        }
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> entries();
            case START_ARRAY -> items();
            case VALUE_NULL -> new Value.Nothing();
            case VALUE_TRUE, VALUE_FALSE -> new Value.Scalar(parser.getString(), Value.Kind.FLAG);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                    new Value.Scalar(parser.getString(), Value.Kind.NUMBER);
            default -> new Value.Scalar(parser.getString(), Value.Kind.TEXT);
        };
    }

    private Value entries() throws InvalidPodFile {
        Map<String, Value> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            entries.put(name, value());
        }
        return new Value.Entries(entries);
    }

    private Value items() throws InvalidPodFile {
        List<Value> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value());
        }
        return new Value.Items(items);
    }

    private static InvalidPodFile error(@Nullable TokenStreamLocation at, String why) {
        if (at == null) {
            return new InvalidPodFile(why.replace('\n', ' '));
        }
        return new InvalidPodFile(
                "line %d, column %d: %s"
                        .formatted(at.getLineNr(), at.getColumnNr(), why.replace('\n', ' ')));
    }
}
