// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Runtime;
import io.hypercontainer.api.storage.StorageDriver;
import java.util.List;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.BundleException;
import org.osgi.framework.ServiceReference;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.common.service.ServiceAware;
import org.osgi.test.junit5.service.ServiceExtension;

/** Drivers come and go while the runtime stays. */
@ExtendWith(ServiceExtension.class)
class DriverSwapTest {
    @InjectService(timeout = 5000)
    Runtime runtime;

    @InjectService ServiceAware<Hypervisor> hypervisor;

    @InjectService ServiceAware<StorageDriver> storage;

    @InjectService ServiceAware<NetworkDriver> network;

    @ParameterizedTest
    @ValueSource(strings = {"hypervisor", "storage", "network"})
    void a_stopped_driver_is_missing_by_name_until_it_is_back(String kind) throws BundleException {
        var service =
                switch (kind) {
                    case "hypervisor" -> hypervisor;
                    case "storage" -> storage;
                    default -> network;
                };
        var bundles =
                service.getServiceReferences().stream().map(ServiceReference::getBundle).toList();
        var names = drivers(kind);
        assertThat(names).isNotEmpty();

        try {
            for (var bundle : bundles) {
                bundle.stop();
            }
            assertThat(drivers(kind)).isEmpty();
            assertThatThrownBy(() -> runtime.containers().create(spec()))
                    .isInstanceOf(Unavailable.class)
                    .hasMessageContaining(kind);
        } finally {
            for (var bundle : bundles) {
                bundle.start();
            }
        }
        assertThat(drivers(kind)).containsExactlyInAnyOrderElementsOf(names);
    }

    private List<String> drivers(String kind) {
        return runtime.info().drivers().stream()
                .filter(d -> d.kind().equals(kind))
                .map(d -> d.name())
                .toList();
    }

    private static ContainerSpec spec() {
        return ContainerSpec.of("busybox").autoRemove(true).build();
    }
}
