// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.network;

import java.util.Optional;

/**
 * A network to make.
 *
 * @param name its name, {@code [a-zA-Z0-9][a-zA-Z0-9_.-]*}
 * @param subnet its addresses as CIDR; the driver chooses if empty
 */
public record NetworkSpec(String name, Optional<String> subnet) {}
