// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/** Settings of the driver, pid {@code hyper.qemu}. */
@ObjectClassDefinition(
        name = "QEMU hypervisor",
        description = "Runs virtual machines with QEMU. Changes apply to machines started later.")
public @interface QemuConfig {
    @AttributeDefinition(description = "The QEMU program for x86-64 guests, version 7.2 or newer")
    String executable() default "/usr/bin/qemu-system-x86_64";

    @AttributeDefinition(description = "The virtiofs daemon that shares host folders")
    String virtiofsd() default "/usr/lib/qemu/virtiofsd";

    @AttributeDefinition(
            description =
                    "auto: KVM if a probe guest boots with it, else TCG. kvm: never fall back."
                            + " tcg: never try KVM",
            options = {@Option("auto"), @Option("kvm"), @Option("tcg")})
    String accelerator() default "auto";

    @AttributeDefinition(
            description =
                    "First of the user ids that machines run as when the daemon is root; each"
                            + " machine has its own. The default lies in a range that"
                            + " neither systemd nor subuid tables hand out",
            min = "1000")
    int uid_base() default 1_900_000_000;

    @AttributeDefinition(
            description = "How many such user ids, and so how many machines at most",
            min = "1",
            max = "100000")
    int uid_count() default 10_000;

    @AttributeDefinition(
            description =
                    "Devices that can be plugged into a machine of one container while it runs, at"
                            + " most; each takes about 5 ms of an emulated start beyond the"
                            + " sixteenth",
            min = "0",
            max = "80")
    int hotplug_ports() default 8;

    @AttributeDefinition(
            description =
                    "CPUs that a running machine can get, at most, and not more than the host has;"
                            + " each takes 256 KiB of the guest's memory from its start on",
            min = "1",
            max = "255")
    int hotplug_cpus() default 8;

    @AttributeDefinition(
            description =
                    "Memory for translated code of a machine without KVM at most, in MiB; a start of"
                            + " a container takes 26 of it",
            min = "8",
            max = "1024")
    int tcg_cache_mib() default 64;

    @AttributeDefinition(
            description =
                    "Seconds that a probe guest may take to reach user space with KVM. Real KVM"
                            + " needs well under one; what takes longer than this is slower than TCG",
            min = "1",
            max = "60")
    int kvm_probe_seconds() default 4;
}
