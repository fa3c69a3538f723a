// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.hypervisor;

import java.nio.file.Path;
import java.util.List;

/**
 * What a guest boots.
 *
 * @param kernel a Linux kernel as distributions ship it ({@code vmlinuz}) or as an ELF file; the
 *     driver may keep a copy in the form that it boots fastest
 * @param initrd an initrd with the guest agent as {@code /init}
 * @param arguments further kernel arguments; the driver adds those for console, channel ({@code
 *     hyper.channel=}, see docs/guest-protocol.md) and speed
 */
public record Boot(Path kernel, Path initrd, List<String> arguments) {
    /** Keeps an unmodifiable copy. */
    public Boot {
        arguments = List.copyOf(arguments);
    }
}
