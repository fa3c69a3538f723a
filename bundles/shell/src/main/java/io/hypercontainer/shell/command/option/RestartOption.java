// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import io.hypercontainer.api.runtime.RestartPolicy.Kind;
import java.util.Arrays;

/** {@code --restart POLICY}: {@code no}, {@code on-failure:3}, {@code always} and so on. */
public final class RestartOption {
    private RestartOption() {}

    /**
     * @param text what was written
     * @return the policy
     * @throws InvalidSpec if there is no such policy
     */
    public static RestartPolicy parse(String text) {
        if (text.isEmpty()) {
            return RestartPolicy.NO;
        }
        String[] words = text.split(":", 2);
        Kind kind =
                Arrays.stream(Kind.values())
                        .filter(k -> k.toString().equals(words[0]))
                        .findFirst()
                        .orElseThrow(() ->
                                new InvalidSpec(
                                        "invalid restart policy '"
                                                + text
                                                + "': it is no, on-failure[:RETRIES], always or"
                                                + " unless-stopped"));
        return new RestartPolicy(kind, words.length == 1 ? 0 : retries(text, words[1]));
    }

    private static int retries(String text, String number) {
        try {
            return Integer.parseInt(number);
        } catch (NumberFormatException e) {
            throw new InvalidSpec(
                    "invalid restart policy '" + text + "': the number of retries is no number", e);
        }
    }
}
