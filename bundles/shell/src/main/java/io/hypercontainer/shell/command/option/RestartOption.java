// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.runtime.RestartPolicy;
import java.util.Arrays;

/** {@code --restart no|always|unless-stopped|on-failure[:RETRIES]}. */
public final class RestartOption {
    private RestartOption() {}

    /**
     * @param text what was written
     * @return the policy
     * @throws InvalidSpec if it is none
     */
    public static RestartPolicy parse(String text) {
        String[] parts = text.split(":", 2);
        String retries = parts.length == 2 ? parts[1] : "0";
        return Arrays.stream(RestartPolicy.Kind.values())
                .filter(kind -> kind.toString().equals(parts[0]) && retries.matches("\\d{1,9}"))
                .map(kind -> new RestartPolicy(kind, Integer.parseInt(retries)))
                .findFirst()
                .orElseThrow(() ->
                        new InvalidSpec(
                                "invalid restart policy '"
                                        + text
                                        + "': give no, always, unless-stopped, on-failure or"
                                        + " on-failure:RETRIES"));
    }
}
