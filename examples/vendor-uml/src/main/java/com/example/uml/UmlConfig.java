// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Settings of the driver, pid {@code com.example.uml}. */
@ObjectClassDefinition(
        name = "User-Mode Linux",
        description =
                "Runs virtual machines with User-Mode Linux. Changes apply to machines started"
                        + " later.")
public @interface UmlConfig {
    /** {@return the kernel} */
    @AttributeDefinition(description = "The kernel, a program (Debian: user-mode-linux)")
    String kernel() default "/usr/bin/linux.uml";

    /** {@return its modules} */
    @AttributeDefinition(description = "Folder with the kernel's modules, a folder a release")
    String modules() default "/usr/lib/uml/modules";

    /** {@return the program behind network interfaces} */
    @AttributeDefinition(
            description =
                    "The program behind network interfaces, 1.2 or newer; without it machines have"
                            + " none")
    String slirp4netns() default "/usr/bin/slirp4netns";

    /** {@return the folder of guests' memory} */
    @AttributeDefinition(
            description = "A folder in memory, for guests' memory; programs may be run from it")
    String memory() default "/dev/shm";

    /** {@return the first user id of machines} */
    @AttributeDefinition(
            description =
                    "First of the user ids that machines run as when the daemon is root; each"
                            + " machine has its own",
            min = "1000")
    int uid_base() default 1_901_000_000;

    /** {@return how many user ids machines have} */
    @AttributeDefinition(
            description = "How many such user ids, and so how many machines at most",
            min = "1",
            max = "100000")
    int uid_count() default 10_000;
}
