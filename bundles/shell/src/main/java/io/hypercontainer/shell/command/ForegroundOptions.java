// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.shell.command.option.DetachKeys;
import io.hypercontainer.shell.command.stream.Foreground;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of commands that keep a container's process in the foreground. */
final class ForegroundOptions {
    @Option(
            names = "--detach-keys",
            paramLabel = "KEYS",
            description = "Keys that leave the container running (default ctrl-p,ctrl-q)")
    String detachKeys = "";

    @Option(
            names = "--sig-proxy",
            description = "Pass signals on to the process (default; =false to end instead)")
    boolean proxySignals = true;

    DetachKeys keys() {
        return DetachKeys.parse(detachKeys);
    }

    Foreground.Wish wish(boolean input, boolean closeInput) {
        return new Foreground.Wish(input, closeInput, keys(), proxySignals, Optional.empty());
    }
}
