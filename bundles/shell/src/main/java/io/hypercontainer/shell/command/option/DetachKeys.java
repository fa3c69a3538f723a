// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * The keys that leave a container's terminal without ending it: {@code ctrl-p,ctrl-q} unless told
 * otherwise.
 *
 * @param bytes what the terminal sends for them, at least one
 */
public record DetachKeys(List<Byte> bytes) {
    private static final int MAX_KEYS = 32;

    /** What everybody expects. */
    public static final DetachKeys DEFAULT = new DetachKeys(List.of((byte) 0x10, (byte) 0x11));

    /** Keeps an unmodifiable copy. */
    public DetachKeys {
        bytes = List.copyOf(bytes);
    }

    /**
     * @param text keys divided by commas: single characters, {@code ctrl-a} to {@code ctrl-z},
     *     {@code ctrl-@ [ \ ] ^ _}, {@code DEL}; empty for the usual ones
     * @return the keys
     * @throws InvalidSpec if it is malformed
     */
    public static DetachKeys parse(String text) {
        if (text.isEmpty()) {
            return DEFAULT;
        }
        List<Byte> bytes = new ArrayList<>();
        for (String key : text.split(",", -1)) {
            bytes.add(key(text, key));
        }
        if (bytes.size() > MAX_KEYS) {
            throw new InvalidSpec("invalid detach keys: more than " + MAX_KEYS);
        }
        return new DetachKeys(bytes);
    }

    private static byte key(String text, String key) {
        if (key.length() == 1 && key.charAt(0) < 0x80) {
            return (byte) key.charAt(0);
        }
        if (key.equals("DEL")) {
            return 0x7f;
        }
        if (key.length() == 6 && key.startsWith("ctrl-")) {
            char control = Character.toUpperCase(key.charAt(5));
            if (control >= '@' && control <= '_') {
                return (byte) (control - '@');
            }
        }
        throw new InvalidSpec(
                "invalid detach keys '"
                        + text
                        + "': '"
                        + key
                        + "' is neither a character nor ctrl- and a letter or one of @ [ \\ ] ^ _");
    }
}
