// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.log;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
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

    private static final byte[] LOG = ascii("{\"log\":\"");
    private static final byte[] STDOUT = ascii("\",\"stream\":\"stdout\",\"time\":\"");
    private static final byte[] STDERR = ascii("\",\"stream\":\"stderr\",\"time\":\"");
    private static final byte[] RAW = ascii(",\"raw\":\"");
    private static final byte[] UNICODE = ascii("u00");

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private record Line(String log, String stream, String time, long[] at, byte @Nullable [] raw) {}

    private final JsonMapper json = JsonMapper.shared();

    /** Writes an entry; by hand, because every line that every container prints comes through. */
    void encode(LogEntry entry, ByteArrayOutputStream out) {
        byte[] text = entry.content();
        boolean utf8 = isUtf8(text);
        out.writeBytes(LOG);
        escape(
                utf8
                        ? text
                        : new String(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8),
                out);
        out.writeBytes(entry.error() ? STDERR : STDOUT);
        out.writeBytes(entry.time().toString().getBytes(StandardCharsets.US_ASCII));
        String position = "\",\"at\":[" + entry.end().stdout() + "," + entry.end().stderr() + "]";
        out.writeBytes(position.getBytes(StandardCharsets.US_ASCII));
        if (!utf8) {
            out.writeBytes(RAW);
            out.writeBytes(Base64.getEncoder().encode(text));
            out.write('"');
        }
        out.write('}');
        out.write('\n');
    }

    private static boolean isUtf8(byte[] text) {
        for (byte b : text) {
            if (b < 0) {
                return isUtf8Beyond(text);
            }
        }
        return true;
    }

    private static boolean isUtf8Beyond(byte[] text) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).hasRemaining();
        } catch (CharacterCodingException e) {
            return false;
        }
    }

    private static void escape(byte[] utf8, ByteArrayOutputStream out) {
        int copied = 0;
        for (int i = 0; i < utf8.length; i++) {
            byte b = utf8[i];
            if (b < 0 || (b >= ' ' && b != '"' && b != '\\')) {
                continue;
            }
            out.write(utf8, copied, i - copied);
            copied = i + 1;
            out.write('\\');
            switch (b) {
                case '\n' -> out.write('n');
                case '\r' -> out.write('r');
                case '\t' -> out.write('t');
                case '"', '\\' -> out.write(b);
                default -> {
                    out.writeBytes(UNICODE);
                    out.write(Character.forDigit(b >> 4, 16));
                    out.write(Character.forDigit(b & 15, 16));
                }
            }
        }
        out.write(utf8, copied, utf8.length - copied);
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
