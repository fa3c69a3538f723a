// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code hyper.drivers}. */
@ObjectClassDefinition(
        name = "HyperContainer drivers",
        description = "Where drivers come from and which are accepted")
public @interface DriverConfig {
    /** {@return URLs} */
    @AttributeDefinition(
            description =
                    "Maven repositories (https, http or file URLs) that are asked for mvn:"
                            + " addresses, in this order, after the daemon's own ~/.m2/repository")
    String[] maven_repositories() default {};

    /** {@return path of a file} */
    @AttributeDefinition(
            description =
                    "PEM file with certificates: only bundles that one of them has signed are"
                            + " accepted; empty: signatures are not asked for")
    String trusted() default "";

    /** {@return MiB} */
    @AttributeDefinition(description = "Size in MiB that a bundle may have", min = "1")
    int size_mib() default 64;

    /** {@return seconds} */
    @AttributeDefinition(description = "Seconds that a download may take", min = "1")
    int download_seconds() default 120;

    /** {@return seconds} */
    @AttributeDefinition(
            description = "Seconds that a driver may take to come up and to look at its host",
            min = "1")
    int start_seconds() default 20;
}
