// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.tck.kit;

import io.hypercontainer.api.HyperProperties;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Manifest;
import org.osgi.framework.Constants;
import org.osgi.service.cm.ConfigurationAdmin;

/** What a framework is told that plays a daemon's. */
final class FrameworkProperties {
    private FrameworkProperties() {}

    static Map<String, String> of(Setup setup, Path root) throws IOException {
        var cache = root.resolve("cache");
        Files.createDirectories(cache);
        return Map.of(
                Constants.FRAMEWORK_STORAGE,
                cache.toString(),
                Constants.FRAMEWORK_STORAGE_CLEAN,
                Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                String.join(
                        ",",
                        exports(HyperProperties.class),
                        exports(ConfigurationAdmin.class),
                        exports(org.slf4j.Logger.class)),
                Constants.FRAMEWORK_BSNVERSION,
                Constants.FRAMEWORK_BSNVERSION_MULTIPLE,
                "felix.log.level",
                "1",
                "felix.cache.locking",
                "false",
                HyperProperties.ROOT,
                root.toString(),
                HyperProperties.HOME,
                setup.home().toString(),
                HyperProperties.SOCKET,
                root.resolve("hyper.sock").toString());
    }

    /** {@return what the jar of a class on the class path exports, so that bundles share it} */
    private static String exports(Class<?> type) throws IOException {
        var source = type.getProtectionDomain().getCodeSource().getLocation();
        var manifest =
                source.getPath().endsWith("/")
                        ? URI.create(source + "META-INF/MANIFEST.MF").toURL()
                        : URI.create("jar:" + source + "!/META-INF/MANIFEST.MF").toURL();
        var connection = manifest.openConnection();
        if (connection instanceof JarURLConnection jar) {
            jar.setUseCaches(false);
        }
        try (var in = connection.getInputStream()) {
            var exports = new Manifest(in).getMainAttributes().getValue(Constants.EXPORT_PACKAGE);
            return Optional.ofNullable(exports)
                    .orElseThrow(() -> new IOException(source + " exports nothing"));
        }
    }
}
