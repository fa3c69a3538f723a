// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** What a bundle needs and nobody has, in words. */
final class Requirements {
    private static final Pattern PACKAGE =
            Pattern.compile(
                    "\\(" + Pattern.quote(PackageNamespace.PACKAGE_NAMESPACE) + "=([^)]*)\\)");

    private final FrameworkWiring framework;

    Requirements(FrameworkWiring framework) {
        this.framework = framework;
    }

    /** {@return one line for each thing that is missing} */
    String missing(Bundle bundle) {
        return bundle.adapt(BundleRevision.class).getRequirements(null).stream()
                .filter(Requirements::counts)
                .filter(r -> framework.findProviders(r).isEmpty())
                .map(this::describe)
                .distinct()
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    private static boolean counts(Requirement requirement) {
        var directives = requirement.getDirectives();
        return !Namespace.RESOLUTION_OPTIONAL.equals(
                        directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE))
                && directives
                        .getOrDefault(
                                Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE,
                                Namespace.EFFECTIVE_RESOLVE)
                        .equals(Namespace.EFFECTIVE_RESOLVE);
    }

    private String describe(Requirement requirement) {
        var filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        Matcher name = PACKAGE.matcher(filter);
        if (!name.find()) {
            return "it needs " + requirement.getNamespace() + " " + filter;
        }
        var here =
                framework.findProviders(named(name.group())).stream()
                        .map(c ->
                                String.valueOf(c.getAttributes().get(Constants.VERSION_ATTRIBUTE)))
                        .distinct()
                        .collect(Collectors.joining(", "));
        var versions = filter.replace(name.group(), "").replaceAll("^\\(&|\\)$", "");
        return "it needs the package "
                + name.group(1)
                + (versions.contains("version") ? " with " + versions : "")
                + (here.isEmpty() ? ", which no bundle exports" : "; here is version " + here);
    }

    private static Requirement named(String filter) {
        return new Requirement() {
            @Override
            public String getNamespace() {
                return PackageNamespace.PACKAGE_NAMESPACE;
            }

            @Override
            public Map<String, String> getDirectives() {
                return Map.of(Constants.FILTER_DIRECTIVE, filter);
            }

            @Override
            public Map<String, Object> getAttributes() {
                return Map.of();
            }

            @Override
            public @org.jspecify.annotations.Nullable Resource getResource() {
                return null;
            }
        };
    }
}
