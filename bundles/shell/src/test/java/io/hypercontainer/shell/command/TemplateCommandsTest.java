// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.Template;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TemplateCommandsTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void oneThatIsReadyAndOneThatIsBeingMade() {
        typed.runtime.templates.all.add(
                new Template("aa", "qemu@0.1.0", 1, 512L << 20, 2, 1, 0, Optional.empty()));
        typed.runtime.templates.all.add(
                new Template("bb", "qemu@0.1.0", 2, 1L << 30, 3, 0, 4, Optional.of(Instant.now())));
    }

    @Test
    void templatesAreListed() {
        assertThat(typed.run("template ls")).isZero();
        assertThat(typed.out().lines().map(l -> l.replaceAll("  +", "|")))
                .containsExactly(
                        "TEMPLATE ID|HYPERVISOR|CPUS|MEMORY|DISKS|NICS|SPARES|CREATED",
                        "aa|qemu@0.1.0|1|512MiB|2|1|0|being made",
                        "bb|qemu@0.1.0|2|1GiB|3|0|4|Less than a second ago");
        typed.run("template ls --format {{.State}}");
        assertThat(typed.out()).endsWith("building\nready\n");
    }

    @Test
    void templatesAreRemoved() {
        assertThat(typed.run("template rm bb gone")).isEqualTo(1);
        assertThat(typed.out()).isEqualTo("bb\n");
        assertThat(typed.err()).isEqualTo("hyperctl: there is no template 'gone'\n");
        typed.run("template ls -q");
        assertThat(typed.out()).endsWith("aa\n").doesNotContain("bb\nbb");
    }

    @Test
    void aTemplateIsMadeWithAContainerThatGoesAgain() {
        assertThat(typed.run("template build -m 256m busybox")).isZero();
        assertThat(typed.out()).isEqualTo("0123456789ab\n");
        assertThat(typed.runtime.templates.built).hasSize(1);
        assertThat(typed.runtime.containers.calls)
                .last()
                .asString()
                .matches("remove \\S+ true true");
        assertThat(typed.run("template build")).isEqualTo(125);
    }
}
