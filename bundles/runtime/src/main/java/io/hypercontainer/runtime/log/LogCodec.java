// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Docker's json-file format: {@code {"log":"…\n","stream":"stdout","time":"…"}} a line. Two members
 * are added, which readers of that format skip: {@code at}, the bytes printed so far, and {@code
 * raw}, the bytes in base64 where they are not UTF-8.
 */
final class LogCodec {
    /** Longest content of an entry, as docker splits long lines. */
    static final int LONGEST_CONTENT = 16 * 1024;

    /** An escaped byte takes six characters, base64 takes another four thirds. */
    static final int LONGEST_LINE = LONGEST_CONTENT * 8 + 1024;

    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record Line(String log, String stream, String time, long[] at, byte @Nullable [] raw) {}

    private final JsonMapper json = JsonMapper.shared();

    byte[] encode(LogEntry entry) {
        String text;
        byte[] raw = null;
        try {
            text =
                    StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(entry.content()))
                            .toString();
        } catch (CharacterCodingException e) {
            text = new String(entry.content(), StandardCharsets.UTF_8);
            raw = entry.content();
        }
        byte[] line =
                json.writeValueAsBytes(
                        new Line(
                                text,
                                entry.error() ? "stderr" : "stdout",
                                entry.time().toString(),
                                new long[] {entry.end().stdout(), entry.end().stderr()},
                                raw));
        byte[] terminated = java.util.Arrays.copyOf(line, line.length + 1);
        terminated[line.length] = '\n';
        return terminated;
    }

    /** {@return the entry; empty if the line is damaged} */
    Optional<LogEntry> decode(byte[] line) {
        try {
            Line read = json.readValue(line, Line.class);
            byte[] content =
                    read.raw() != null ? read.raw() : read.log().getBytes(StandardCharsets.UTF_8);
            return Optional.of(
                    new LogEntry(
                            Instant.parse(read.time()),
                            read.stream().equals("stderr"),
                            content,
                            new LogPosition(read.at()[0], read.at()[1])));
        } catch (JacksonException
                | DateTimeParseException
                | NullPointerException
                | ArrayIndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }
}
