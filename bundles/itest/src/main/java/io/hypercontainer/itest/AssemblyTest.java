// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.itest;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.driver.Driver;
import io.hypercontainer.api.driver.ProvidesDriver;
import io.hypercontainer.api.hypervisor.Hypervisor;
import io.hypercontainer.api.network.NetworkDriver;
import io.hypercontainer.api.storage.StorageDriver;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.test.common.annotation.InjectBundleContext;
import org.osgi.test.common.annotation.InjectService;
import org.osgi.test.junit5.context.BundleContextExtension;
import org.osgi.test.junit5.service.ServiceExtension;

/** The daemon's bundles fit together. */
@ExtendWith({BundleContextExtension.class, ServiceExtension.class})
class AssemblyTest {
    @InjectBundleContext BundleContext context;

    @InjectService ServiceComponentRuntime components;

    @Test
    void every_bundle_is_active() {
        assertThat(ours())
                .isNotEmpty()
                .allSatisfy(bundle ->
                        assertThat(bundle.getState())
                                .as(bundle.toString())
                                .isEqualTo(Bundle.ACTIVE));
    }

    @Test
    void every_component_has_what_it_needs() {
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs()) {
            for (ComponentConfigurationDTO configuration :
                    components.getComponentConfigurationDTOs(component)) {
                assertThat(configuration.state)
                        .as(
                                component.name
                                        + " lacks "
                                        + Arrays.toString(configuration.unsatisfiedReferences)
                                        + " or failed: "
                                        + configuration.failure)
                        .isIn(
                                ComponentConfigurationDTO.SATISFIED,
                                ComponentConfigurationDTO.ACTIVE);
            }
        }
    }

    @Test
    void drivers_are_what_their_manifests_say() throws InvalidSyntaxException {
        var kinds =
                Map.of(
                        "hypervisor",
                        Hypervisor.class,
                        "storage",
                        StorageDriver.class,
                        "network",
                        NetworkDriver.class);
        var promised = new TreeSet<String>();
        var present = new TreeSet<String>();
        for (Bundle bundle : ours().toList()) {
            for (BundleCapability capability :
                    bundle.adapt(BundleWiring.class).getCapabilities(ProvidesDriver.NAMESPACE)) {
                promised.add(
                        capability.getAttributes().get("kind")
                                + " "
                                + capability.getAttributes().get("name"));
            }
        }
        for (var kind : kinds.entrySet()) {
            for (var reference : context.getServiceReferences(kind.getValue(), null)) {
                Driver driver = context.getService(reference);
                present.add(kind.getKey() + " " + driver.name());
                context.ungetService(reference);
            }
        }
        assertThat(present)
                .isEqualTo(promised)
                .contains(
                        "hypervisor qemu",
                        "hypervisor xen",
                        "storage dm",
                        "storage overlay",
                        "network user");
    }

    @Test
    void only_the_api_and_the_system_calls_export_packages() {
        for (Bundle bundle : ours().toList()) {
            var exported = bundle.getHeaders().get(Constants.EXPORT_PACKAGE);
            if (!List.of("io.hypercontainer.api", "io.hypercontainer.linux")
                    .contains(bundle.getSymbolicName())) {
                assertThat(exported).as(bundle.getSymbolicName()).isNull();
            }
        }
    }

    private Stream<Bundle> ours() {
        return Arrays.stream(context.getBundles())
                .filter(b -> b.getSymbolicName().startsWith("io.hypercontainer."));
    }
}
