// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HyperdFileTest {
    @Test
    void readsTheKeysOfHyperdsFile() {
        HyperdFile file =
                HyperdFile.parse(
                        "config",
                        """
                        # a comment
                        Kernel = /boot/kernel
                        Initrd="/boot/initrd"
                        ; another
                        [DEFAULT]
                        Hypervisor=qemu
                        StorageDriver=
                        """);
        assertThat(file.warnings()).isEmpty();
        assertThat(file.value("Kernel")).contains("/boot/kernel");
        assertThat(file.value("Initrd")).contains("/boot/initrd");
        assertThat(file.value("Hypervisor")).contains("qemu");
        assertThat(file.value("StorageDriver")).isEmpty();
    }

    @Test
    void warnsOfWhatHasNoEffect() {
        HyperdFile file =
                HyperdFile.parse(
                        "config", "Root=/x\nBridge=hyper0\nnonsense\n[Log]\nPodLogPrefix=/y\n");
        assertThat(file.warnings())
                .containsExactly(
                        "config:2: Bridge has no effect: there is no such setting",
                        "config:3: not understood, expected Key=value",
                        "config:5: [Log] PodLogPrefix has no effect: there is no such setting");
    }

    @Test
    void aMissingFileIsAWarning() {
        assertThat(HyperdFile.read(Path.of("/no/such/file")).warnings())
                .singleElement()
                .asString()
                .contains("cannot read the configuration /no/such/file");
    }
}
