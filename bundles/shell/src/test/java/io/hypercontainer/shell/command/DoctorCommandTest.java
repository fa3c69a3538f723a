// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.Finding;
import org.junit.jupiter.api.Test;

class DoctorCommandTest {
    private final Typed typed = new Typed();

    private void find() {
        typed.runtime.doctor.findings.add(
                new Finding("record", "/damaged", "it is\u001b[2J damaged", false));
        typed.runtime.doctor.findings.add(
                new Finding("process", "123 (qemu)", "nobody owns it", true));
    }

    @Test
    void aHealthyHostIsToldSo() {
        assertThat(typed.run("doctor")).isZero();
        assertThat(typed.run("doctor --gc")).isZero();

        assertThat(typed.out())
                .isEqualTo("Nothing is wrong, and nothing is left over.\n".repeat(2));
    }

    @Test
    void findingsAreATableAndAnExitCode() {
        find();

        assertThat(typed.run("doctor")).isEqualTo(1);

        assertThat(typed.out().lines().map(line -> line.replaceAll(" {2,}", "|")))
                .containsExactly(
                        "KIND|SUBJECT|STATE|PROBLEM",
                        "record|/damaged|wrong|it is\\x1b[2J damaged",
                        "process|123 (qemu)|garbage|nobody owns it");
        assertThat(typed.err()).isEmpty();
    }

    @Test
    void garbageIsRemovedAndTheRestStays() {
        find();

        assertThat(typed.run("doctor", "--gc", "--format", "{{.State}} {{.Subject}}")).isEqualTo(1);

        assertThat(typed.out()).isEqualTo("removed 123 (qemu)\nwrong /damaged\n");
        assertThat(typed.runtime.doctor.findings).hasSize(1);
    }

    @Test
    void itSpeaksJson() {
        assertThat(typed.run("doctor --format json")).isZero();
        find();
        assertThat(typed.run("system doctor --format json")).isEqualTo(1);

        assertThat(typed.out().lines().toList().getLast())
                .isEqualTo(
                        "{\"Kind\":\"process\",\"Subject\":\"123 (qemu)\",\"State\":\"garbage\","
                                + "\"Problem\":\"nobody owns it\"}");
    }
}
