// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck;

import io.hypercontainer.tck.kit.Kind;
import io.hypercontainer.tck.wrong.Fault;
import io.hypercontainer.tck.wrong.WrongActivator;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/** The bundle of a wrong driver, as a vendor would hand it in. */
final class WrongJar {
    private static final String IMPORTS =
            "io.hypercontainer.api,io.hypercontainer.api.driver,io.hypercontainer.api.hypervisor,"
                    + "io.hypercontainer.api.network,io.hypercontainer.api.storage,"
                    + "org.osgi.framework,org.osgi.util.tracker";

    private WrongJar() {}

    static Path write(Path folder, Kind kind, String name, Fault... faults) throws IOException {
        return write(folder, kind, name, Map.of(), faults);
    }

    /**
     * @param name the good driver's name
     * @param headers of the manifest, which replace those that are usual
     */
    static Path write(
            Path folder, Kind kind, String name, Map<String, String> headers, Fault... faults)
            throws IOException {
        var manifest = new Manifest();
        var main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", "org.example.wrong");
        main.putValue("Bundle-Version", "1.0.0");
        main.putValue("Bundle-Activator", WrongActivator.class.getName());
        main.putValue("Import-Package", IMPORTS);
        main.putValue("Provide-Capability", "hyper.driver;kind=%s;name=%s".formatted(kind, name));
        main.putValue(WrongActivator.KIND, kind.toString());
        main.putValue(
                WrongActivator.FAULTS,
                List.of(faults).stream().map(Fault::name).collect(Collectors.joining(",")));
        headers.forEach(main::putValue);
        var jar = folder.resolve("wrong.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
            var classes =
                    Path.of(
                            URI.create(
                                    WrongActivator.class
                                            .getProtectionDomain()
                                            .getCodeSource()
                                            .getLocation()
                                            .toString()));
            var packageFolder = WrongActivator.class.getPackageName().replace('.', '/');
            try (var files = Files.list(classes.resolve(packageFolder))) {
                for (var file : files.sorted().toList()) {
                    out.putNextEntry(new JarEntry(packageFolder + "/" + file.getFileName()));
                    Files.copy(file, out);
                }
            }
        }
        return jar;
    }
}
