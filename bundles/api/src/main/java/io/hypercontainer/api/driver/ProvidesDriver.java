// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.api.driver;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Attribute;
import org.osgi.annotation.bundle.Capability;

/**
 * Writes the capability {@code hyper.driver} into the bundle's manifest, so that what a bundle
 * drives is known before it is started and runs can require an ability instead of a bundle name:
 * {@code hyper.driver;filter:='(&(kind=hypervisor)(name=qemu))'}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.CLASS)
@Capability(namespace = ProvidesDriver.NAMESPACE)
public @interface ProvidesDriver {
    /** Namespace of the capability. */
    String NAMESPACE = "hyper.driver";

    /** {@return {@code hypervisor}, {@code storage} or {@code network}} */
    @Attribute("kind")
    String kind();

    /** {@return the driver's name, as {@link Driver#name()} gives it} */
    @Attribute("name")
    String name();
}
