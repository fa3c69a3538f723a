// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.driver.ProvidesDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.osgi.framework.Constants;
import org.w3c.dom.Element;
import org.xml.sax.SAXException;

/**
 * What a bundle's jar says of itself.
 *
 * @param file the jar
 * @param name its symbolic name
 * @param version its version
 * @param imports its header {@code Import-Package}
 * @param capabilities its header {@code Provide-Capability}
 * @param pids names of the settings of its components
 */
public record DriverJar(
        Path file,
        String name,
        String version,
        String imports,
        String capabilities,
        Set<String> pids) {

    /** {@return the jar} */
    public static DriverJar read(Path file) {
        try (var jar = new JarFile(file.toFile())) {
            var manifest = jar.getManifest();
            if (manifest == null
                    || manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME)
                            == null) {
                throw new Unfit(
                        file
                                + " is no bundle: its manifest has no Bundle-SymbolicName. Let"
                                + " bnd-maven-plugin make it");
            }
            var main = manifest.getMainAttributes();
            Function header = key -> Optional.ofNullable(main.getValue(key)).orElse("");
            return new DriverJar(
                    file,
                    header.of(Constants.BUNDLE_SYMBOLICNAME).replaceFirst(";.*", "").strip(),
                    header.of(Constants.BUNDLE_VERSION),
                    header.of(Constants.IMPORT_PACKAGE),
                    header.of(Constants.PROVIDE_CAPABILITY),
                    pids(jar, header.of("Service-Component")));
        } catch (IOException e) {
            throw new Unfit("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private interface Function {
        String of(String key);
    }

    /** {@return the names of the drivers of a kind that the manifest tells of} */
    public List<String> told(Kind kind) {
        var names = new ArrayList<String>();
        // Attributes of one capability; commas between quotes do not separate.
        for (var clause : capabilities.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1)) {
            if (clause.strip().startsWith(ProvidesDriver.NAMESPACE + ";")
                    && attribute(clause, "kind").equals(Optional.of(kind.toString()))) {
                attribute(clause, "name").ifPresent(names::add);
            }
        }
        return names;
    }

    private static Optional<String> attribute(String clause, String name) {
        var matcher =
                Pattern.compile(";\\s*" + name + "(?::String)?\\s*=\\s*\"?([^\";]*)\"?")
                        .matcher(clause);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** {@return what it imports of ours that is not the API} */
    public List<String> foreign() {
        return Arrays.stream(imports.split("[,;]"))
                .map(String::strip)
                .filter(p -> p.startsWith("io.hypercontainer."))
                .filter(p -> !p.equals("io.hypercontainer.api"))
                .filter(p -> !p.startsWith("io.hypercontainer.api."))
                .toList();
    }

    private static Set<String> pids(JarFile jar, String components) throws IOException {
        var pids = new TreeSet<String>();
        for (var path : components.split(",")) {
            var entry = jar.getEntry(path.strip());
            if (entry != null) {
                try (var in = jar.getInputStream(entry)) {
                    pids.addAll(pids(parse(in)));
                }
            }
        }
        return pids;
    }

    private static Element parse(java.io.InputStream in) throws IOException {
        try {
            var factory = DocumentBuilderFactory.newDefaultNSInstance();
            factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            return factory.newDocumentBuilder().parse(in).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            throw new IOException("a description of a component is damaged: " + e.getMessage(), e);
        }
    }

    private static List<String> pids(Element component) {
        var pid = component.getAttribute("configuration-pid");
        return pid.isEmpty()
                ? List.of(component.getAttribute("name"))
                : Arrays.asList(pid.strip().split("\\s+"));
    }
}
