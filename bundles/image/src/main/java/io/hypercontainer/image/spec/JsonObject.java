// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object from outside, read field by field with the form that each must have. A field that
 * is null counts as missing.
 */
public final class JsonObject {
    private static final int MAX_DEPTH = 64;
    private static final int MAX_DOCUMENT = 16 << 20;

    /** A small document can have many parts, each of which takes memory. */
    private static final int MAX_TOKENS = 200_000;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(MAX_DEPTH)
                                                    .maxDocumentLength(MAX_DOCUMENT)
                                                    .maxTokenCount(MAX_TOKENS)
                                                    .maxStringLength(MAX_DOCUMENT)
                                                    .maxNumberLength(64)
                                                    .maxNameLength(4096)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private final String where;
    private final JsonNode node;

    private JsonObject(String where, JsonNode node) {
        this.where = where;
        this.node = node;
    }

    /**
     * @param json a document
     * @param where what it is, for messages
     * @return the object in it
     * @throws InvalidSpec if it is no JSON object
     */
    public static JsonObject parse(byte[] json, String where) {
        return object(parseNode(json, where), where);
    }

    /**
     * @param json a document
     * @param where what it is, for messages
     * @param max the most elements wanted
     * @return the objects of the array in it
     */
    public static List<JsonObject> parseArray(byte[] json, String where, int max) {
        return objects(parseNode(json, where), where, max);
    }

    /**
     * @param value maps, lists, text, numbers
     * @return the JSON
     */
    public static byte[] write(Object value) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value);
    }

    private static JsonNode parseNode(byte[] json, String where) {
        try {
            return MAPPER.readTree(json);
        } catch (JacksonException e) {
            throw new InvalidSpec(
                    where + " is no valid JSON: " + Printable.line(e.getOriginalMessage(), 160), e);
        }
    }

    private static JsonObject object(JsonNode node, String where) {
        if (!node.isObject()) {
            throw new InvalidSpec(where + " is not a JSON object");
        }
        return new JsonObject(where, node);
    }

    private static List<JsonObject> objects(JsonNode node, String where, int max) {
        checkArray(node, where, max);
        List<JsonObject> all = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            all.add(object(element, where));
        }
        return all;
    }

    private static void checkArray(JsonNode node, String where, int max) {
        if (!node.isArray()) {
            throw new InvalidSpec(where + " is not a JSON array");
        }
        if (node.size() > max) {
            throw new InvalidSpec(where + " has more than " + max + " elements");
        }
    }

    /** {@return what this is, for messages} */
    public String where() {
        return where;
    }

    /**
     * @param field a name
     * @return whether there is such a field
     */
    public boolean has(String field) {
        return node.hasNonNull(field);
    }

    /**
     * @param field a name
     * @return its text
     */
    public String text(String field) {
        return asText(required(field), field);
    }

    /**
     * @param field a name
     * @param absent what to return if there is none
     * @return its text
     */
    public String text(String field, String absent) {
        return has(field) ? text(field) : absent;
    }

    /**
     * @param field a name
     * @return its number
     */
    public long number(String field) {
        JsonNode value = required(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw new InvalidSpec(at(field) + " is not a whole number");
        }
        return value.longValue();
    }

    /**
     * @param field a name
     * @param absent what to return if there is none
     * @return its number
     */
    public long number(String field, long absent) {
        return has(field) ? number(field) : absent;
    }

    /**
     * @param field a name
     * @return the object in it, if there is one
     */
    public Optional<JsonObject> object(String field) {
        return has(field) ? Optional.of(object(required(field), at(field))) : Optional.empty();
    }

    /**
     * @param field a name
     * @param max the most elements wanted
     * @return the objects of its array; none if there is none
     */
    public List<JsonObject> objects(String field, int max) {
        return has(field) ? objects(required(field), at(field), max) : List.of();
    }

    /**
     * @param field a name
     * @param max the most elements wanted
     * @return the texts of its array, or the one text; none if there is none
     */
    public List<String> texts(String field, int max) {
        if (!has(field)) {
            return List.of();
        }
        JsonNode value = required(field);
        // Docker once wrote commands as one string, and still reads them.
        if (value.isString()) {
            return List.of(value.stringValue());
        }
        checkArray(value, at(field), max);
        List<String> all = new ArrayList<>(value.size());
        for (JsonNode element : value) {
            all.add(asText(element, field));
        }
        return all;
    }

    /**
     * @param field a name
     * @param max the most entries wanted
     * @return the texts of its object; none if there is none
     */
    public Map<String, String> textMap(String field, int max) {
        Map<String, String> all = new LinkedHashMap<>();
        object(field)
                .ifPresent(object -> {
                    for (String key : object.keys(max)) {
                        all.put(key, object.text(key, ""));
                    }
                });
        return all;
    }

    /**
     * @param max the most wanted
     * @return names of all fields
     */
    public Set<String> keys(int max) {
        if (node.size() > max) {
            throw new InvalidSpec(where + " has more than " + max + " fields");
        }
        return Set.copyOf(node.propertyNames());
    }

    /** {@return all of it, as {@link #write} takes it} */
    public Map<String, Object> toMap() {
        return MAPPER.convertValue(node, new TypeReference<LinkedHashMap<String, Object>>() {});
    }

    private JsonNode required(String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            throw new InvalidSpec(where + " has no \"" + Printable.line(field, 60) + "\"");
        }
        return value;
    }

    private String asText(JsonNode value, String field) {
        if (!value.isString()) {
            throw new InvalidSpec(at(field) + " is not text");
        }
        return value.stringValue();
    }

    private String at(String field) {
        return where + ", \"" + Printable.line(field, 60) + "\",";
    }
}
