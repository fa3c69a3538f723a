// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
    @Test
    void columns_are_as_wide_as_their_widest_cell() {
        var table = new Table("NAME", "SIZE", "NOTE");
        table.row("größer", "1", "");
        table.row("x", "12345", "end");
        var bytes = new ByteArrayOutputStream();

        table.print(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        assertThat(bytes.toString(StandardCharsets.UTF_8))
                .isEqualTo(
                        """
                        NAME     SIZE    NOTE
                        größer   1
                        x        12345   end
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "0,0B,0B",
        "1,1B,1B",
        "999,999B,999B",
        "1000,1kB,1000B",
        "4260000,4.26MB,4.063MiB",
        "24650000,24.7MB,23.51MiB",
        "999999,1MB,976.6KiB",
        "1048576,1.05MB,1MiB",
        "134217728,134MB,128MiB",
        "9223372036854775807,9.22EB,8EiB"
    })
    void sizes_have_few_digits(long bytes, String decimal, String binary) {
        assertThat(HumanSize.decimal(bytes)).isEqualTo(decimal);
        assertThat(HumanSize.binary(bytes)).isEqualTo(binary);
    }

    @ParameterizedTest
    @CsvSource({
        "-5,Less than a second", "0,Less than a second", "1,1 second", "59,59 seconds",
        "60,About a minute", "119,About a minute", "120,2 minutes", "3599,59 minutes",
        "3600,About an hour", "7200,2 hours", "172800,2 days", "1209600,2 weeks",
        "5184000,2 months", "63072000,2 years"
    })
    void spans_are_in_words(long seconds, String words) {
        assertThat(HumanTime.span(Duration.ofSeconds(seconds))).isEqualTo(words);
        assertThat(HumanTime.ago(Duration.ofSeconds(seconds))).isEqualTo(words + " ago");
    }
}
