// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.agent;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON of messages: written freely, read within bounds. */
final class Json {
    /** Most bytes of a message, which may span several frames. */
    static final int MAX_MESSAGE = 1024 * 1024;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxDocumentLength(MAX_MESSAGE)
                                                    .maxNestingDepth(16)
                                                    .maxNameLength(256)
                                                    .maxNumberLength(32)
                                                    .maxStringLength(64 * 1024)
                                                    .maxTokenCount(200_000)
                                                    .build())
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .build())
                    .build();

    private Json() {}

    static ObjectNode request(String operation) {
        return MAPPER.createObjectNode().put("op", operation);
    }

    static byte[] write(JsonNode message) {
        return MAPPER.writeValueAsBytes(message);
    }

    static ObjectNode read(byte[] message) throws ProtocolViolation {
        try {
            if (MAPPER.readTree(message) instanceof ObjectNode object) {
                return object;
            }
        } catch (JacksonException e) {
            throw new ProtocolViolation("a message that is not JSON: " + e.getOriginalMessage());
        }
        throw new ProtocolViolation("a message that is no JSON object");
    }
}
