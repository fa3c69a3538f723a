// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import io.hypercontainer.shell.format.Fields;

/**
 * What the daemon is made of.
 *
 * @param version the daemon's version
 * @param apiVersion version of the API that drivers and commands are built against
 * @param java version of the virtual machine for Java
 * @param framework name and version of the OSGi framework
 * @param os GOOS of the host
 * @param architecture architecture of the host
 * @param kernel release of the host's kernel
 */
record VersionDetails(
        String version,
        String apiVersion,
        String java,
        String framework,
        String os,
        String architecture,
        String kernel) {
    /** As {@code version} prints it. */
    String text() {
        return """
        Server: HyperContainer
         Version:      %s
         API version:  %s
         Java:         %s
         Framework:    %s
         OS/Arch:      %s/%s
         Kernel:       %s
        """
                .formatted(version, apiVersion, java, framework, os, architecture, kernel);
    }

    /** As {@code version --format} sees it, in docker's fields where they exist. */
    Fields fields() {
        return new Fields()
                .put(
                        "Server",
                        new Fields()
                                .put("Version", version)
                                .put("ApiVersion", apiVersion)
                                .put("JavaVersion", java)
                                .put("Framework", framework)
                                .put("Os", os)
                                .put("Arch", architecture)
                                .put("KernelVersion", kernel));
    }
}
