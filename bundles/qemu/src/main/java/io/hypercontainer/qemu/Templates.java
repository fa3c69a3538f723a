// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.DriverFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps templates in memory from their first clone on. */
final class Templates {
    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);

    private final Map<Path, Template> loaded = new HashMap<>();

    /**
     * {@return the template of a folder}
     *
     * @throws DriverFailure if it is damaged
     */
    synchronized Template of(Path folder) {
        var known = loaded.get(folder);
        if (known != null) {
            return known;
        }
        try {
            var template = Template.load(folder);
            loaded.put(folder, template);
            return template;
        } catch (IOException e) {
            throw new DriverFailure("template " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    synchronized void forget(Path folder) {
        close(loaded.remove(folder));
    }

    synchronized void forgetAll() {
        loaded.values().forEach(Templates::close);
        loaded.clear();
    }

    private static void close(@org.jspecify.annotations.Nullable Template template) {
        try {
            if (template != null) {
                template.close();
            }
        } catch (IOException e) {
            LOG.warn("A template stays in memory", e);
        }
    }
}
