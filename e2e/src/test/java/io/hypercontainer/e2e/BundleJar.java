// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Bundles for tests: those of the distribution with other manifests, and one that is compiled. */
final class BundleJar {
    private static final String PREFIX = "io.hypercontainer.";
    private static final Path BUNDLES = Daemon.DISTRIBUTION.resolve("bundle");

    private final Manifest manifest;
    private final Map<String, byte[]> content;

    private BundleJar(Manifest manifest, Map<String, byte[]> content) {
        this.manifest = manifest;
        this.content = content;
    }

    /** One of the distribution's bundles, such as {@code qemu}. */
    static BundleJar of(String name) throws IOException {
        return at(builtIn(name));
    }

    /** A bundle that is there as a file. */
    static BundleJar at(Path file) throws IOException {
        try (var jar = new JarFile(file.toFile())) {
            var content = new LinkedHashMap<String, byte[]>();
            for (var entry : (Iterable<JarEntry>) jar.stream()::iterator) {
                if (!entry.getName().equals(JarFile.MANIFEST_NAME) && !entry.isDirectory()) {
                    content.put(entry.getName(), jar.getInputStream(entry).readAllBytes());
                }
            }
            return new BundleJar(new Manifest(jar.getManifest()), content);
        }
    }

    /** The file of one of the distribution's bundles. */
    static Path builtIn(String name) throws IOException {
        try (Stream<Path> files = Files.list(BUNDLES)) {
            return files.filter(f -> f.getFileName().toString().startsWith(PREFIX + name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Those of the distribution's bundles that are built here. */
    static List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(BUNDLES)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith(PREFIX))
                    .map(f -> f.substring(PREFIX.length(), f.lastIndexOf('-')))
                    .toList();
        }
    }

    /** A network driver that somebody else might have written. */
    static BundleJar sample(String driver) throws IOException {
        var manifest = new Manifest();
        var attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Bundle-ManifestVersion", "2");
        attributes.putValue("Bundle-SymbolicName", "com.example.sample");
        attributes.putValue("Bundle-Version", "1.0.0");
        attributes.putValue("Bundle-Activator", "com.example.sample.Activator");
        attributes.putValue(
                "Import-Package",
                Stream.of("", ".driver", ".hypervisor", ".network")
                                .map(p -> "io.hypercontainer.api" + p + ";version=\"[1.0,2)\",")
                                .reduce("", String::concat)
                        + "org.osgi.framework");
        return new BundleJar(manifest, Sample.CLASSES).driver(driver);
    }

    BundleJar driver(String name) {
        header("Sample-Name", name);
        return header(
                "Provide-Capability",
                "hyper.driver;kind:String=\"network\";name:String=\"" + name + "\"");
    }

    BundleJar version(String version) {
        return header("Bundle-Version", version);
    }

    BundleJar header(String name, String value) {
        manifest.getMainAttributes().putValue(name, value);
        return this;
    }

    BundleJar without(String header) {
        manifest.getMainAttributes().remove(new Attributes.Name(header));
        return this;
    }

    /** Changes what a header says. */
    BundleJar replace(String header, String from, String to) {
        String value = manifest.getMainAttributes().getValue(header);
        if (!value.contains(from)) {
            throw new AssertionError(header + " is " + value);
        }
        return header(header, value.replace(from, to));
    }

    Path write(Path file) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (var entry : content.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey()));
                out.write(entry.getValue());
                out.closeEntry();
            }
        }
        return file;
    }

    /** The compiled sources of the resource folder {@code sample}. */
    private static final class Sample {
        static final Map<String, byte[]> CLASSES = compile();

        private static Map<String, byte[]> compile() {
            try {
                var sources = Path.of(BundleJar.class.getResource("/sample").toURI());
                var classes = Files.createTempDirectory("sample");
                var said = new ByteArrayOutputStream();
                int failed =
                        ToolProvider.getSystemJavaCompiler()
                                .run(
                                        null,
                                        said,
                                        said,
                                        List.of(
                                                        "--release",
                                                        "25",
                                                        "-d",
                                                        classes.toString(),
                                                        "-cp",
                                                        builtIn("api")
                                                                + File.pathSeparator
                                                                + Daemon.DISTRIBUTION.resolve(
                                                                        "lib/org.apache.felix.main.jar"),
                                                        sources.resolve("Activator.java")
                                                                .toString(),
                                                        sources.resolve("SampleNetwork.java")
                                                                .toString())
                                                .toArray(String[]::new));
                if (failed != 0) {
                    throw new AssertionError(said);
                }
                var content = new LinkedHashMap<String, byte[]>();
                for (String name : List.of("Activator", "SampleNetwork")) {
                    var path = "com/example/sample/" + name + ".class";
                    content.put(path, Files.readAllBytes(classes.resolve(path)));
                }
                Daemon.delete(classes);
                return content;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
