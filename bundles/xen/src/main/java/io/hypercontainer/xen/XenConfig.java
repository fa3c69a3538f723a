// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.xen;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the driver, pid {@code hyper.xen}. */
@ObjectClassDefinition(
        name = "Xen",
        description =
                "Runs virtual machines with Xen. Changes apply to machines started later; those that"
                        + " run are not touched.")
public @interface XenConfig {
    /** {@return the tool stack's program} */
    @AttributeDefinition(description = "The tool stack's program (Debian: xen-utils-common)")
    String xl() default "/usr/sbin/xl";

    /** {@return the socket of xenstored} */
    @AttributeDefinition(description = "The socket of xenstored")
    String xenstore() default "/run/xenstored/socket";

    /** {@return what machines are} */
    @AttributeDefinition(
            description =
                    "What machines are: pvh (the processor separates them), pv (Xen does), or auto:"
                            + " pvh where the processor can")
    String type() default "auto";

    /** {@return how many CPUs a running machine can get} */
    @AttributeDefinition(
            description =
                    "CPUs that a running machine can get, at most; each takes some of Xen's memory"
                            + " from the start on",
            min = "1",
            max = "128")
    int hotplug_cpus() default 8;

    /** {@return the program behind network interfaces} */
    @AttributeDefinition(
            description =
                    "The program behind network interfaces, 1.2 or newer; without it machines have"
                            + " none")
    String slirp4netns() default "/usr/bin/slirp4netns";

    /** {@return the program that sets interfaces up} */
    @AttributeDefinition(description = "The program that sets interfaces up (Debian: iproute2)")
    String ip() default "/usr/sbin/ip";
}
