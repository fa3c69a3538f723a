// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.registry;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.image.spec.JsonObject;
import io.hypercontainer.image.spec.Printable;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/**
 * A server's answer; its body is read or closed by whoever has it.
 *
 * @param uri who answered
 * @param status HTTP status
 * @param headers HTTP headers
 * @param body the body
 */
record Answer(URI uri, int status, HttpHeaders headers, HttpBody body) implements AutoCloseable {
    private static final int MAX_ERROR = 1 << 16;
    private static final int MAX_TEXT = 200;

    String header(String name) {
        return headers.firstValue(name).orElse("");
    }

    /** {@return the content type without parameters, in lower case} */
    String contentType() {
        String type = header("Content-Type");
        int semicolon = type.indexOf(';');
        return (semicolon < 0 ? type : type.substring(0, semicolon))
                .strip()
                .toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the body as an error of the distribution protocol.
     *
     * @return what the server says is wrong, in one line
     */
    String error() {
        String status = "HTTP " + this.status;
        byte[] content;
        try (body) {
            content = body.readNBytes(MAX_ERROR);
        } catch (IOException e) {
            return status;
        }
        String type = contentType();
        if (type.equals("text/html")) {
            return status + ", with a web page instead of a registry's answer";
        }
        try {
            List<JsonObject> errors =
                    JsonObject.parse(content, "the error").objects("errors", 1000);
            if (!errors.isEmpty()) {
                JsonObject first = errors.getFirst();
                String text = first.text("code", "") + ": " + first.text("message", "");
                return status + ", " + Printable.line(text, MAX_TEXT);
            }
        } catch (HyperException e) {
            // Not every server knows the protocol's errors; its text is then as good.
        }
        String text = new String(content, StandardCharsets.UTF_8).strip();
        return text.isEmpty() ? status : status + ", " + Printable.line(text, MAX_TEXT);
    }

    @Override
    public void close() {
        body.close();
    }
}
