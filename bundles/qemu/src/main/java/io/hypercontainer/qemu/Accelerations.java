// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import io.hypercontainer.api.HyperException;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.Acceleration;
import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides between KVM and TCG. That {@code /dev/kvm} exists and answers proves nothing: there are
 * hosts where it does and ordinary kernels hang under it. So a guest is booted, once for each
 * kernel, QEMU and boot of the host.
 */
final class Accelerations {
    private static final Logger LOG = LoggerFactory.getLogger(Accelerations.class);
    private static final Path KVM = Path.of("/dev/kvm");
    private static final Pattern VIRTUALIZATION =
            Pattern.compile("^flags\\s*:.*\\b(vmx|svm)\\b", Pattern.MULTILINE);

    /** What the configuration says. */
    enum Choice {
        AUTO,
        KVM,
        TCG
    }

    private final Choice choice;
    private final Installation installation;
    private final BootProbe probe;
    private final ProbeResults results;

    Accelerations(Choice choice, Installation installation, BootProbe probe, ProbeResults results) {
        this.choice = choice;
        this.installation = installation;
        this.probe = probe;
        this.results = results;
    }

    static Accelerator accelerator(Acceleration acceleration) {
        return acceleration.name().equals(Accelerator.KVM.word())
                ? Accelerator.KVM
                : Accelerator.TCG;
    }

    /** One probe at a time: the second caller wants the answer that the first one gets. */
    synchronized Acceleration of(Boot boot, KernelImages.Kernel kernel) {
        if (choice == Choice.TCG) {
            return tcg("hyper.qemu says accelerator=tcg");
        }
        var key =
                new ProbeResults.Key(
                        kernel.digest(), installation.version(), ProcessIdentity.currentBootId());
        var known = results.find(key);
        var result = known.isPresent() ? known.get() : results.keep(look(key, boot, kernel));
        if (result.works()) {
            return new Acceleration(
                    Accelerator.KVM.word(), isolation(), "KVM works: " + result.reason());
        }
        if (choice == Choice.KVM) {
            throw new Unavailable(
                    "hyper.qemu says accelerator=kvm, but KVM does not work: " + result.reason());
        }
        return tcg("KVM does not work: " + result.reason());
    }

    private ProbeResults.Result look(ProbeResults.Key key, Boot boot, KernelImages.Kernel kernel) {
        if (!Files.exists(KVM)) {
            return new ProbeResults.Result(key, false, KVM + " does not exist");
        }
        try {
            var took = probe.boot(boot, kernel);
            return took.isPresent()
                    ? new ProbeResults.Result(
                            key,
                            true,
                            "a guest reached user space in " + took.get().toMillis() + " ms")
                    : new ProbeResults.Result(
                            key,
                            false,
                            "a guest did not reach user space within "
                                    + probe.patience().toSeconds()
                                    + " s");
        } catch (io.hypercontainer.api.Interrupted e) {
            throw e;
        } catch (HyperException e) {
            LOG.debug("KVM probe", e);
            return new ProbeResults.Result(key, false, String.valueOf(e.getMessage()));
        }
    }

    private static Acceleration tcg(String reason) {
        return new Acceleration(Accelerator.TCG.word(), Isolation.EMULATION, reason);
    }

    /** Some KVM modules work without support of the processor (PVM). */
    private static Isolation isolation() {
        try {
            var cpuinfo = Files.readString(Path.of("/proc/cpuinfo"));
            return VIRTUALIZATION.matcher(cpuinfo).find()
                    ? Isolation.HARDWARE
                    : Isolation.PARAVIRTUAL;
        } catch (IOException e) {
            return Isolation.PARAVIRTUAL;
        }
    }
}
