// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import io.hypercontainer.api.InvalidSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A jar that is a bundle, as far as its manifest says.
 *
 * @param name what its user calls it
 * @param file where it lies
 * @param sha256 its digest, hexadecimal
 * @param symbolicName the bundle's name
 * @param version the bundle's version
 */
record DriverJar(String name, Path file, String sha256, String symbolicName, Version version) {
    private static final Pattern SYMBOLIC_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,200}");
    private static final long LARGEST_MANIFEST = 1 << 20;

    /**
     * @throws InvalidSpec if it is no bundle
     */
    static DriverJar read(String name, Path file, String sha256) {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            ZipEntry manifest = jar.getEntry(JarFile.MANIFEST_NAME);
            if (manifest == null) {
                throw new InvalidSpec(
                        name + " is a jar but not an OSGi bundle: it has no manifest");
            }
            if (manifest.getSize() > LARGEST_MANIFEST) {
                throw new InvalidSpec(name + " has a manifest of more than 1 MiB");
            }
            return read(name, file, sha256, jar.getManifest().getMainAttributes());
        } catch (IOException e) {
            throw new InvalidSpec(name + " is not a jar: " + e.getMessage(), e);
        }
    }

    private static DriverJar read(String name, Path file, String sha256, Attributes attributes) {
        String symbolic = attributes.getValue(Constants.BUNDLE_SYMBOLICNAME);
        if (symbolic == null || !"2".equals(attributes.getValue("Bundle-ManifestVersion"))) {
            throw new InvalidSpec(
                    name
                            + " is a jar but not an OSGi bundle: its manifest lacks"
                            + " Bundle-SymbolicName or Bundle-ManifestVersion: 2");
        }
        String bare = symbolic.split(";", 2)[0].strip();
        if (!SYMBOLIC_NAME.matcher(bare).matches()) {
            throw new InvalidSpec(name + " has a Bundle-SymbolicName that is not allowed");
        }
        try {
            String version = attributes.getValue(Constants.BUNDLE_VERSION);
            return new DriverJar(name, file, sha256, bare, Version.parseVersion(version));
        } catch (IllegalArgumentException e) {
            throw new InvalidSpec(name + " has a malformed Bundle-Version", e);
        }
    }

    /** {@return where the framework thinks that it comes from: other bytes, another place} */
    String location(String prefix) {
        return prefix + symbolicName + "/" + version + "/" + sha256;
    }

    /** {@return as people name it} */
    String title() {
        return symbolicName + " " + version;
    }
}
