// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.stream;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * Looks for the detach keys in what is typed. Keys that may be the beginning of them are held back
 * until the next key decides, however the terminal cuts its input into pieces.
 */
final class KeyWatch {
    private final List<Byte> keys;
    private int matched;

    KeyWatch(List<Byte> keys) {
        this.keys = keys;
    }

    /**
     * Takes input.
     *
     * @param input what was typed
     * @param length how much of it counts
     * @param passed receives what is for the process, up to the detach keys
     * @return whether the detach keys are complete; the rest of the input is then dropped
     */
    boolean take(byte[] input, int length, ByteArrayOutputStream passed) {
        for (int i = 0; i < length; i++) {
            while (matched > 0 && keys.get(matched) != input[i]) {
                fallBack(passed);
            }
            if (keys.get(matched) != input[i]) {
                passed.write(input[i]);
            } else if (++matched == keys.size()) {
                return true;
            }
        }
        return false;
    }

    /** The held keys are not the detach keys; a shorter end of them may still begin them. */
    private void fallBack(ByteArrayOutputStream passed) {
        int held = matched;
        do {
            matched--;
        } while (!keys.subList(0, matched).equals(keys.subList(held - matched, held)));
        for (int i = 0; i < held - matched; i++) {
            passed.write(keys.get(i));
        }
    }
}
