// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/** Why the components of a bundle do not come up, as their runtime knows it. */
final class Components {
    private static final int LONGEST = 300;

    private final ServiceComponentRuntime components;

    Components(ServiceComponentRuntime components) {
        this.components = components;
    }

    /** {@return what the bundle's components lack or failed at; empty if nothing is known} */
    Optional<String> trouble(Bundle bundle) {
        List<String> lines = new ArrayList<>();
        for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
            var configurations = components.getComponentConfigurationDTOs(component);
            if (configurations.isEmpty() && "require".equals(component.configurationPolicy)) {
                lines.add(configuration(component));
            }
            for (ComponentConfigurationDTO configuration : configurations) {
                describe(component, configuration).ifPresent(lines::add);
            }
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", lines));
    }

    private static Optional<String> describe(
            ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
        return switch (configuration.state) {
            case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
                    Optional.of(configuration(component));
            case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
                    Optional.of(component.name + " lacks " + references(component, configuration));
            case ComponentConfigurationDTO.FAILED_ACTIVATION ->
                    Optional.of(component.name + " failed: " + failure(configuration.failure));
            default -> Optional.empty();
        };
    }

    private static String configuration(ComponentDescriptionDTO component) {
        return component.name
                + " needs the configuration "
                + String.join(", ", component.configurationPid);
    }

    private static String references(
            ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
        List<String> services = new ArrayList<>();
        for (UnsatisfiedReferenceDTO lacking : configuration.unsatisfiedReferences) {
            for (var reference : component.references) {
                if (reference.name.equals(lacking.name)) {
                    String target = lacking.target == null ? "" : " " + lacking.target;
                    services.add("the service " + reference.interfaceName + target);
                }
            }
        }
        return String.join(" and ", services);
    }

    /** The last cause of a stack trace is the one that says something. */
    private static String failure(String trace) {
        String last =
                trace.lines()
                        .filter(line -> line.startsWith("Caused by: "))
                        .reduce((earlier, later) -> later)
                        .map(line -> line.substring("Caused by: ".length()))
                        .orElseGet(() -> trace.lines().findFirst().orElse(""));
        String said = last.replaceFirst("^[\\w.$]+: ", "");
        return said.length() > LONGEST ? said.substring(0, LONGEST) + "…" : said;
    }
}
