// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListingTest {
    private static final Listing LISTING =
            new Listing(
                    "{{.ID}}\\t{{.Name}}",
                    new Fields().put("ID", "ID").put("Name", "NAME").put("More", "MORE"));

    private static final List<Fields> ROWS =
            List.of(
                    new Fields().put("ID", "1").put("Name", "one").put("More", "x"),
                    new Fields().put("ID", "2").put("Name", "two").put("More", "y"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '\0',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "~ID   NAME|1    one|2    two|",
                "table~ID   NAME|1    one|2    two|",
                "table {{.More}}\\t{{.ID}}~MORE   ID|x      1|y      2|",
                "table {{upper .Name}}~NAME|ONE|TWO|",
                "json~{\"ID\":\"1\",\"Name\":\"one\",\"More\":\"x\"}|{\"ID\":\"2\",\"Name\":\"two\",\"More\":\"y\"}|",
                "{{.ID}}\\t{{.Name}}~1\tone|2\ttwo|",
                "raw~raw|raw|",
            })
    void printsInTheFormThatWasAskedFor(String format, String expected) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        LISTING.print(new PrintStream(bytes, true, UTF_8), format == null ? "" : format, ROWS);
        assertThat(bytes.toString(UTF_8)).isEqualTo(expected.replace('|', '\n'));
    }

    @Test
    void showsControlCharactersAndKeepsThemInTheirCell() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        Fields row = new Fields().put("ID", "\u001b[2J").put("Name", "a\tb\nc\u202e");
        LISTING.print(new PrintStream(bytes, true, UTF_8), "", List.of(row));
        assertThat(bytes.toString(UTF_8).lines())
                .containsExactly("ID        NAME", "\\x1b[2J   a\\x09b\\x0ac\\u202e");
    }
}
