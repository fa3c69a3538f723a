// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.template;

import io.hypercontainer.api.hypervisor.Nic;
import io.hypercontainer.api.hypervisor.VmSpec;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Hardware addresses of the interfaces of templates. A clone's guest finds its interfaces by them
 * and gives them their own; on a network they are never seen.
 */
public final class StandInMacs {
    private StandInMacs() {}

    /** {@return the address of an interface, by its place in the machine} */
    public static String of(int index) {
        return String.format(Locale.ROOT, "02:00:00:00:00:%02x", index + 1);
    }

    static List<Nic> in(VmSpec spec) {
        return IntStream.range(0, spec.nics().size())
                .mapToObj(i -> in(spec.nics().get(i), i))
                .toList();
    }

    private static Nic in(Nic nic, int index) {
        return new Nic(nic.id(), of(index), nic.mtu(), nic.backend());
    }
}
