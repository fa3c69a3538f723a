// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import java.lang.reflect.Proxy;
import java.util.Map;

/** The driver's settings as the framework would hand them over: defaults, and what is changed. */
final class Configuration {
    private Configuration() {}

    static QemuConfig with(Map<String, Object> changes) {
        return (QemuConfig)
                Proxy.newProxyInstance(
                        QemuConfig.class.getClassLoader(),
                        new Class<?>[] {QemuConfig.class},
                        (_, method, _) ->
                                changes.getOrDefault(method.getName(), method.getDefaultValue()));
    }

    static QemuConfig tcg() {
        return with(Map.of("accelerator", "tcg"));
    }
}
