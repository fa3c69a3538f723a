// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.DriverFailure;
import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.Unavailable;
import io.hypercontainer.api.hypervisor.Isolation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is right depends on the host; that it is decided by a boot, once, does not. */
class AccelerationTest extends LiveTest {
    @Test
    void kvmIsUsedOnlyIfAGuestBootsWithIt() throws Exception {
        var auto = new QemuHypervisor(Configuration.with(Map.of()), root);
        var boot = TestGuest.boot(initrd);

        var acceleration = auto.acceleration(boot);

        if (acceleration.name().equals("kvm")) {
            assertThat(acceleration.reason()).contains("reached user space in");
        } else {
            assertThat(acceleration.isolation()).isEqualTo(Isolation.EMULATION);
            assertThat(acceleration.reason()).startsWith("KVM does not work: ");
        }
        var kept = root.resolve("qemu/accelerations.json");
        var content = Files.readString(kept);
        assertThat(content).contains(ProcessIdentity.currentBootId());
        assertThat(auto.acceleration(boot)).isEqualTo(acceleration);
        // The next daemon does not probe again, it believes what is written.
        Files.writeString(
                kept,
                content.replaceAll(
                        "\"works\":(true|false),\"reason\":\"[^\"]*\"",
                        "\"works\":false,\"reason\":\"as written\""));
        var next = new QemuHypervisor(Configuration.with(Map.of()), root);
        assertThat(next.acceleration(boot).reason()).isEqualTo("KVM does not work: as written");
        var forced = new QemuHypervisor(Configuration.with(Map.of("accelerator", "kvm")), root);
        assertThatThrownBy(() -> forced.launch(plain("one")))
                .isInstanceOf(Unavailable.class)
                .hasMessageContaining("as written");
    }

    @Test
    void aGuestThatHangsIsGivenUpInTime() throws Exception {
        var kernel = new KernelImages(root.resolve("kernels")).bootable(TestGuest.kernel());
        var probe = probe(Duration.ofMillis(500));

        // Without root file system the kernel panics, and here it stays like that.
        var hung = TestGuest.boot(empty(), "panic=0", "reboot=k");
        assertThat(probe.boot(hung, kernel)).isEmpty();

        assertThat(root.resolve("probe")).isEmptyDirectory();
    }

    @Test
    void aGuestThatEndsOrOpensThePortIsNotWaitedFor() throws Exception {
        var kernel = new KernelImages(root.resolve("kernels")).bootable(TestGuest.kernel());
        var probe = probe(Duration.ofSeconds(60));

        assertThat(probe.boot(TestGuest.boot(initrd), kernel)).isPresent();
        assertThatThrownBy(() -> probe.boot(TestGuest.boot(empty()), kernel))
                .isInstanceOf(DriverFailure.class)
                .hasMessageContaining("Kernel panic");

        assertThat(root.resolve("probe")).isEmptyDirectory();
    }

    @Test
    void theProbeSaysWhatToInstall() {
        assertThat(driver.probe().usable()).isTrue();
        assertThat(driver.probe().facts()).containsKeys("version", "executable");

        var missing = with("/no/qemu");
        assertThat(missing.probe().usable()).isFalse();
        assertThat(missing.probe().reasons())
                .containsExactly("/no/qemu is missing: install the package qemu-system-x86");
        assertThat(with("/usr/bin/true").probe().usable()).isFalse();
    }

    @Test
    void anOldQemuIsRefused() throws Exception {
        var old = root.resolve("qemu-old");
        Files.writeString(old, "#!/bin/sh\necho 'QEMU emulator version 5.2.0 (Debian)'\n");
        Files.setPosixFilePermissions(
                old, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));

        assertThat(with(old.toString()).probe().reasons())
                .singleElement()
                .asString()
                .contains("5.2.0", "too old", "7.2");
    }

    @Test
    void aWrongSettingIsRefused() {
        var config = Configuration.with(Map.of("accelerator", "xen"));
        assertThatThrownBy(() -> new QemuHypervisor(config, root))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("xen");
    }

    private Path empty() throws IOException {
        return Files.write(root.resolve("empty"), new byte[512]);
    }

    private BootProbe probe(Duration patience) {
        var resources = new HostResources(new ShareServer("/no/virtiofsd"));
        var ledger =
                new Ledger(root.resolve("qemu/machines"), 1_900_000_000, Host.isRoot() ? 1 : 0);
        var starter = new Starter("/usr/bin/qemu-system-x86_64", 32, ledger, resources);
        return new BootProbe(Accelerator.TCG, starter, root.resolve("probe"), patience);
    }

    private QemuHypervisor with(String executable) {
        return new QemuHypervisor(Configuration.with(Map.of("executable", executable)), root);
    }
}
