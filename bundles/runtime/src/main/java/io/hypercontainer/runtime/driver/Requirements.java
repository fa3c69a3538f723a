// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
import org.osgi.resource.Requirement;
import org.osgi.resource.Resource;

/** What a bundle needs and the daemon does not have, in words. */
final class Requirements {
    private static final String API = "io.hypercontainer.api";
    private static final Pattern FROM = Pattern.compile("\\(version>=([^)]+)\\)");
    private static final Pattern EXACTLY = Pattern.compile("\\(version=([^)]+)\\)");
    private static final Pattern BELOW = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");

    private final FrameworkWiring framework;

    Requirements(FrameworkWiring framework) {
        this.framework = framework;
    }

    /** {@return one line for each thing that is missing} */
    List<String> missing(Bundle bundle) {
        BundleRevision revision = bundle.adapt(BundleRevision.class);
        List<String> lines = new ArrayList<>();
        for (Requirement requirement : revision.getRequirements(null)) {
            Map<String, String> directives = requirement.getDirectives();
            boolean optional =
                    Namespace.RESOLUTION_OPTIONAL.equals(
                            directives.get(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE));
            String effective = directives.get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
            boolean now = effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE);
            if (!optional && now && framework.findProviders(requirement).isEmpty()) {
                lines.add(describe(requirement));
            }
        }
        return lines.stream().distinct().sorted().toList();
    }

    private String describe(Requirement requirement) {
        String filter = requirement.getDirectives().getOrDefault(Constants.FILTER_DIRECTIVE, "");
        String space = requirement.getNamespace();
        Optional<String> name = value(filter, space);
        if (name.isEmpty()) {
            return "it needs " + space + " " + filter + ", which nothing here provides";
        }
        return switch (space) {
            case PackageNamespace.PACKAGE_NAMESPACE -> describePackage(name.get(), filter);
            case BundleNamespace.BUNDLE_NAMESPACE ->
                    "it needs the bundle " + name.get() + range(filter) + ", which is not here";
            case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
                    "it needs "
                            + name.get()
                            + first(EXACTLY, filter).map(v -> " " + v).orElse("")
                            + ", and this daemon runs on Java "
                            + Runtime.version().feature();
            default -> "it needs " + space + " " + filter + ", which nothing here provides";
        };
    }

    private String describePackage(String name, String filter) {
        String wanted = "it needs the package " + name + range(filter);
        String present =
                framework
                        .findProviders(anyVersion(PackageNamespace.PACKAGE_NAMESPACE, name))
                        .stream()
                        .map(c -> c.getAttributes().get(Constants.VERSION_ATTRIBUTE))
                        .map(String::valueOf)
                        .distinct()
                        .collect(Collectors.joining(" and "));
        if (present.isEmpty()) {
            return wanted + ", which no bundle here exports: put that bundle in first";
        }
        String here = wanted + ", and this daemon has version " + present;
        boolean newer =
                first(FROM, filter)
                        .filter(from -> name.startsWith(API) && isNewer(from, present))
                        .isPresent();
        return newer ? here + ": it was built for a newer API, upgrade the daemon" : here;
    }

    private static boolean isNewer(String wanted, String present) {
        try {
            return new Version(wanted).compareTo(new Version(present)) > 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String range(String filter) {
        Optional<String> from = first(FROM, filter.replaceAll(BELOW.pattern(), ""));
        Optional<String> below = first(BELOW, filter);
        if (from.isEmpty()) {
            return "";
        }
        return " in version " + below.map(b -> "[" + from.get() + "," + b + ")").orElse(from.get());
    }

    private static Optional<String> value(String filter, String attribute) {
        return first(Pattern.compile("\\(" + Pattern.quote(attribute) + "=([^)]+)\\)"), filter);
    }

    private static Optional<String> first(Pattern pattern, String filter) {
        Matcher matcher = pattern.matcher(filter);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Finds what is there under a name, whatever its version. */
    private static Requirement anyVersion(String namespace, String name) {
        return new Requirement() {
            @Override
            public String getNamespace() {
                return namespace;
            }

            @Override
            public Map<String, String> getDirectives() {
                return Map.of(Constants.FILTER_DIRECTIVE, "(" + namespace + "=" + name + ")");
            }

            @Override
            public Map<String, Object> getAttributes() {
                return Map.of();
            }

            @Override
            public @Nullable Resource getResource() {
                return null;
            }
        };
    }
}
