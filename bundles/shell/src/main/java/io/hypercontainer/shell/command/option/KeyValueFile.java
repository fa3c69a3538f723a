// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A file of the client with a {@code NAME=value} or {@code NAME} on each line, for {@code
 * --env-file} and {@code --label-file}. Empty lines and those that start with {@code #} do not
 * count; nothing is quoted.
 */
final class KeyValueFile {
    private static final int MAX_BYTES = 1024 * 1024;

    private KeyValueFile() {}

    static List<String> lines(Session session, String path) {
        return content(session, path)
                .lines()
                .map(String::stripLeading)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> checked(path, line))
                .toList();
    }

    private static String checked(String path, String line) {
        int equals = line.indexOf('=');
        String name = equals < 0 ? line : line.substring(0, equals);
        if (name.isEmpty()) {
            throw new InvalidSpec(path + ": no variable name on line '" + line + "'");
        }
        if (name.chars().anyMatch(Character::isWhitespace)) {
            throw new InvalidSpec(path + ": variable '" + name + "' contains whitespaces");
        }
        return line;
    }

    private static String content(Session session, String path) {
        try (InputStream file = ClientFile.open(session, path)) {
            byte[] bytes = file.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new InvalidSpec(path + " is larger than " + MAX_BYTES + " bytes");
            }
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new InvalidSpec(path + " is not UTF-8 text", e);
        } catch (IOException e) {
            throw ClientFile.unreadable(path, e);
        }
    }
}
