// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.store;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.hypercontainer.api.hypervisor.ChannelAddress;
import io.hypercontainer.api.hypervisor.NicBackend;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.ToStringSerializer;

/** Turns records into JSON and back. What is incomplete is refused, what is unknown is skipped. */
final class Records {
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = ChannelAddress.UnixSocket.class, name = "unix-socket"),
        @JsonSubTypes.Type(value = ChannelAddress.Device.class, name = "device")
    })
    private interface ChannelTypes {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = NicBackend.Tap.class, name = "tap"),
        @JsonSubTypes.Type(value = NicBackend.UserMode.class, name = "user")
    })
    private interface BackendTypes {}

    /** What a container's record did not have at first, and what is meant where it is missing. */
    private static final Map<String, Object> LATER = Map.of("supervision", Supervision.NONE);

    /** The same for what it does. */
    private static final Map<String, Object> LATER_SPEC = Map.of("entrypointWords", 0);

    /** The schema alone, to tell a newer format from a damaged file. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Schema(int schema) {}

    private final JsonMapper json =
            JsonMapper.builder()
                    .addMixIn(ChannelAddress.class, ChannelTypes.class)
                    .addMixIn(NicBackend.class, BackendTypes.class)
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(Path.class, new ToStringSerializer(Path.class)))
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    byte[] write(Object value) {
        return json.writeValueAsBytes(value);
    }

    /**
     * @throws RuntimeException if it is damaged: Jackson's, or one of a record's own checks
     */
    <T> T read(byte[] content, Class<T> type) {
        JsonNode tree = json.readTree(content);
        if (type.equals(ContainerRecord.class) && tree instanceof ObjectNode object) {
            complete(object, LATER);
            if (object.get("spec") instanceof ObjectNode spec) {
                complete(spec, LATER_SPEC);
            }
        }
        T value = json.treeToValue(tree, type);
        if (value == null) {
            throw new IllegalStateException("it says null");
        }
        return value;
    }

    private void complete(ObjectNode object, Map<String, Object> later) {
        later.forEach((name, value) -> {
            if (!object.has(name)) {
                object.set(name, json.valueToTree(value));
            }
        });
    }

    /**
     * @throws RuntimeException if it is damaged
     */
    int schema(byte[] content) {
        return read(content, Schema.class).schema();
    }
}
