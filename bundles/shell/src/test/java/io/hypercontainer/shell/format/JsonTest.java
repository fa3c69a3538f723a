// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void keepsTheOrderOfFieldsAndSortsMaps() {
        Fields fields =
                new Fields()
                        .put("Zeta", 1L)
                        .put("Alpha", Map.of("b", 2.5, "a", true))
                        .put("Empty", Optional.empty())
                        .put("Name", Optional.of("x"))
                        .method("Hidden", a -> a);
        assertThat(Json.line(fields))
                .isEqualTo(
                        "{\"Zeta\":1,\"Alpha\":{\"a\":true,\"b\":2.5},\"Empty\":null,\"Name\":\"x\"}");
    }

    @Test
    void indentsAsDockerInspectDoes() {
        assertThat(
                        Json.indented(
                                List.of(
                                        new Fields()
                                                .put("A", List.of("x", "y"))
                                                .put("B", Map.of()))))
                .isEqualTo(
                        """
                        [
                            {
                                "A": [
                                    "x",
                                    "y"
                                ],
                                "B": {}
                            }
                        ]\
                        """);
    }

    @Test
    void escapesWhatJsonForbidsAndWhatTerminalsObey() {
        assertThat(Json.line("a\"\\\n\t\u001b[31m\u007f<&>é\uD83D\uDE00\uD800"))
                .isEqualTo("\"a\\\"\\\\\\n\\t\\u001b[31m\\u007f<&>é\uD83D\uDE00\\ud800\"");
    }
}
