// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TableTest {
    @Test
    void alignsColumnsAsDockerDoes() {
        assertThat(
                        new Table()
                                .row("NAME", "DESCRIPTION", "X")
                                .row("default *", "short", "")
                                .row("n", "a description that is long", "é")
                                .toString())
                .isEqualTo(
                        """
                        NAME        DESCRIPTION                  X
                        default *   short                        \n\
                        n           a description that is long   é
                        """);
    }

    @Test
    void makesControlCharactersVisible() {
        assertThat(new Table().row("a\u001b[2J\u009b\u202e", "b\nc").toString())
                .isEqualTo("a\\x1b[2J\\x9b\\u202e   b\\x0ac\n");
    }
}
