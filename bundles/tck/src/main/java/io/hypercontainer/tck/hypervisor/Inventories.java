// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.hypervisor;

import io.hypercontainer.api.driver.Holding;
import io.hypercontainer.api.driver.Inventory;
import io.hypercontainer.tck.kit.Kit;
import java.util.List;

/** What a driver tells of what it has. */
final class Inventories {
    private Inventories() {}

    /** {@return whether it tells at all: the contract lets it list nothing, ever} */
    static boolean tells(Kit kit) {
        try {
            return kit.driver().getClass().getMethod("census").getDeclaringClass()
                    != Inventory.class;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Holding.Owned> of(Kit kit, String owner) {
        return kit.driver().census().stream()
                .filter(Holding.Owned.class::isInstance)
                .map(Holding.Owned.class::cast)
                .filter(h -> h.owner().equals(owner))
                .toList();
    }
}
