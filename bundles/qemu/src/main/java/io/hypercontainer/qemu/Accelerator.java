// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

/** How QEMU executes a guest, and what follows from it for the guest's processor and kernel. */
enum Accelerator {
    /** The processor runs the guest. Its mitigations stay on: the kernel faces other tenants. */
    KVM("kvm", "host", ""),

    /**
     * QEMU translates the guest. {@code max} has all instructions that images are built for
     * (x86-64-v3), and starts as fast as smaller models. Mitigations against faults of the host's
     * processor protect nothing in translated code. The black list leaves the kernel's own tracing
     * out: setting up its tables took 150 ms of a boot of one second. Memory of the kernel and of
     * sockets is not counted by container, which took a quarter of the time of starting a program:
     * it is bounded by the machine's.
     */
    TCG(
            "tcg",
            "max",
            "mitigations=off tsc=reliable cgroup.memory=nokmem,nosocket initcall_blacklist=tracer_init_tracefs,"
                    + "init_kprobe_trace,trace_eval_init,init_trace_printk_function_export");

    private final String word;
    private final String cpu;
    private final String kernelArguments;

    Accelerator(String word, String cpu, String kernelArguments) {
        this.word = word;
        this.cpu = cpu;
        this.kernelArguments = kernelArguments;
    }

    String word() {
        return word;
    }

    String cpu() {
        return cpu;
    }

    String kernelArguments() {
        return kernelArguments;
    }

    String option(int tcgCacheMib) {
        return this == KVM ? "kvm" : "tcg,thread=multi,tb-size=" + tcgCacheMib;
    }
}
