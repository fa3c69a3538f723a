// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.shell.command.TestSession;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentTest {
    private final TestSession session =
            new TestSession().variable("HERE", "client").variable("EMPTY", "");

    @Test
    void readsFilesAsDockerDoes() {
        session.file(
                "vars",
                "\uFEFFFIRST=1\n# comment\n\n  INDENTED=2 \nQUOTED=\"as is\"\r\nHERE\nNOT_HERE\n"
                        + "EMPTY\nNONE=\nURL=a=b#c");

        assertThat(EnvOption.parse(session, List.of("vars"), List.of()))
                .containsExactly(
                        "FIRST=1",
                        "INDENTED=2 ",
                        "QUOTED=\"as is\"",
                        "HERE=client",
                        "EMPTY=",
                        "NONE=",
                        "URL=a=b#c");
    }

    @Test
    void optionsComeBehindFilesSoThatTheyWin() {
        session.file("vars", "A=file");
        assertThat(EnvOption.parse(session, List.of("vars"), List.of("A=option", "HERE", "GONE")))
                .containsExactly("A=file", "A=option", "HERE=client");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "=value", "="})
    void refusesVariablesWithoutAName(String variable) {
        assertThatThrownBy(() -> EnvOption.parse(session, List.of(), List.of(variable)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage("invalid environment variable: '" + variable + "'");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "=x        | vars: no variable name on line '=x'",
                "A B=x     | vars: variable 'A B' contains whitespaces",
            })
    void refusesLines(String line, String message) {
        session.file("vars", line);
        assertThatThrownBy(() -> EnvOption.parse(session, List.of("vars"), List.of()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage(message);
    }

    @Test
    void refusesFilesThatCannotBeText() {
        session.file("binary", new byte[] {(byte) 0xff, 0});
        session.file("large", "A=" + "x".repeat(1024 * 1024));
        assertThatThrownBy(() -> EnvOption.parse(session, List.of("binary"), List.of()))
                .hasMessage("binary is not UTF-8 text");
        assertThatThrownBy(() -> EnvOption.parse(session, List.of("large"), List.of()))
                .hasMessageContaining("large is larger than");
        assertThatThrownBy(() -> EnvOption.parse(session, List.of("gone"), List.of()))
                .isInstanceOf(InvalidSpec.class)
                .hasMessage("cannot read gone: No such file or directory");
    }

    @Test
    void labelsNeedNoValue() {
        session.file("labels", "a=file\nb\n");
        assertThat(LabelOption.parse(session, List.of("labels"), List.of("a=x=y", "c")))
                .isEqualTo(Map.of("a", "x=y", "b", "", "c", ""));
        assertThatThrownBy(() -> LabelOption.parse(session, List.of(), List.of("=x")))
                .hasMessage("invalid label '=x': give NAME or NAME=value");
    }
}
