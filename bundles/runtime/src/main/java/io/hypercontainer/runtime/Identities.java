// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import io.hypercontainer.runtime.spec.MadeUpNames;
import java.security.SecureRandom;
import java.util.HexFormat;

/** Makes up ids and names that nobody has. */
final class Identities {
    private final Index<ManagedContainer> containers;
    private final Index<ManagedPod> pods;
    private final SecureRandom random = new SecureRandom();

    Identities(Index<ManagedContainer> containers, Index<ManagedPod> pods) {
        this.containers = containers;
        this.pods = pods;
    }

    String id() {
        String id = hex();
        // Folders of machines are named by the beginning of an id.
        while (containers.isUsed(id.substring(0, 12)) || pods.isUsed(id.substring(0, 12))) {
            id = hex();
        }
        return id;
    }

    /** {@return 64 hex digits} */
    String hex() {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    String name() {
        String name = MadeUpNames.next(random);
        while (containers.isTaken(name) || pods.isTaken(name)) {
            name = MadeUpNames.next(random) + random.nextInt(10);
        }
        return name;
    }
}
