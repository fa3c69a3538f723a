// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.config;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration {@code hyper.runtime}. */
@ObjectClassDefinition(
        name = "HyperContainer runtime",
        description = "What containers get where nobody asks for something else")
public @interface RuntimeConfig {
    /** {@return name of the hypervisor driver} */
    @AttributeDefinition(description = "Hypervisor driver; empty: the first that can work here")
    String hypervisor() default "";

    /** {@return name of the storage driver} */
    @AttributeDefinition(description = "Storage driver; empty: the first that can work here")
    String storage() default "";

    /** {@return name of the network} */
    @AttributeDefinition(
            description = "Network; 'none' for none; empty: the first of a driver that can work")
    String network() default "";

    /** {@return guest memory in MiB} */
    @AttributeDefinition(description = "Memory of a virtual machine in MiB", min = "128")
    long memory_mib() default 512;

    /** {@return number of CPUs} */
    @AttributeDefinition(description = "CPUs of a container, may be a fraction")
    double cpus() default 1;

    /** {@return path of the kernel} */
    @AttributeDefinition(description = "Kernel that guests boot; empty: the one that is shipped")
    String kernel() default "";

    /** {@return path of the initrd} */
    @AttributeDefinition(description = "Initrd with the guest agent; empty: the one shipped")
    String initrd() default "";

    /** {@return further kernel arguments} */
    @AttributeDefinition(description = "Further arguments for the guests' kernel")
    String[] kernel_arguments() default {};

    /** {@return whether containers need hardware virtualization} */
    @AttributeDefinition(description = "Refuse containers without hardware virtualization")
    boolean require_hardware() default false;

    /** {@return seconds between stop signal and KILL} */
    @AttributeDefinition(description = "Seconds between stop signal and KILL", min = "0")
    int stop_timeout() default 10;

    /** {@return number of templates} */
    @AttributeDefinition(
            description =
                    "Templates that are kept to start machines from, about 80 MiB each; 0: machines"
                            + " are always booted",
            min = "0")
    int templates() default 4;

    /** {@return number of machines} */
    @AttributeDefinition(
            description =
                    "Machines that are cloned ahead and wait for containers, at most; as many as were"
                            + " of use in the last 10 minutes, as long as a quarter of the host's"
                            + " memory is free. 0: none",
            min = "0")
    int spares() default 4;

    /** {@return seconds} */
    @AttributeDefinition(description = "Seconds that a guest may take to boot", min = "1")
    int boot_timeout() default 60;

    /** {@return MiB} */
    @AttributeDefinition(description = "Size in MiB at which a container's log file is full")
    int log_size_mib() default 16;

    /** {@return number of files} */
    @AttributeDefinition(description = "Number of log files a container keeps", min = "1")
    int log_files() default 4;
}
