// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.podfile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.shell.podfile.Value.Entries;
import io.hypercontainer.shell.podfile.Value.Items;
import io.hypercontainer.shell.podfile.Value.Kind;
import io.hypercontainer.shell.podfile.Value.Nothing;
import io.hypercontainer.shell.podfile.Value.Scalar;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentTest {
    private static Value json(String text) throws InvalidPodFile {
        return Document.parse("pod.json", text.getBytes(UTF_8), false);
    }

    private static Value yaml(String text) throws InvalidPodFile {
        return Document.parse("pod.yaml", text.getBytes(UTF_8), false);
    }

    private static Scalar text(String text) {
        return new Scalar(text, Kind.TEXT);
    }

    private static Scalar number(String text) {
        return new Scalar(text, Kind.NUMBER);
    }

    @Test
    void jsonAndYamlSayTheSame() throws InvalidPodFile {
        Value expected =
                new Entries(
                        Map.of(
                                "a",
                                new Items(List.of(number("1"), number("-1.5"), text("x\ny"))),
                                "b",
                                new Entries(
                                        Map.of(
                                                "c",
                                                new Scalar("true", Kind.FLAG),
                                                "d",
                                                new Nothing()))));

        assertThat(json("{\"a\": [1, -1.5, \"x\\ny\"], \"b\": {\"c\": true, \"d\": null}}"))
                .isEqualTo(expected);
        assertThat(yaml("a:\n- 1\n- -1.5\n- \"x\\ny\"\nb:\n  c: True\n  d: ~\n"))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "pod.json, false, false",
        "pod.JSON, false, false",
        "pod.yaml, false, true",
        "pod.YML,  false, true",
        "pod.json, true,  true",
        "pod,      false, true",
    })
    void theNameTellsTheSyntax(String name, boolean forced, boolean yaml) throws InvalidPodFile {
        byte[] text = "a: 1".getBytes(UTF_8);
        if (yaml) {
            assertThat(Document.parse(name, text, forced)).isInstanceOf(Entries.class);
        } else {
            assertThatThrownBy(() -> Document.parse(name, text, forced))
                    .isInstanceOf(InvalidPodFile.class);
        }
    }

    @Test
    void elseTheFirstCharacterDoes() throws InvalidPodFile {
        byte[] tabs = "\n\t {\n\t\"a\":\t1}".getBytes(UTF_8);
        assertThat(Document.parse("pod", tabs, false))
                .isEqualTo(new Entries(Map.of("a", number("1"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "0755 | NUMBER", "'0755' | TEXT", "1e3 | NUMBER", "0x1F | NUMBER", "0o17 | NUMBER",
                "yes | TEXT", "on | TEXT", "false | FLAG", "'false' | TEXT", "1.2.3 | TEXT",
                "10.0.0.0/8 | TEXT", "!!str 5 | TEXT", "8-9 | TEXT", "-1 | NUMBER", "+1 | NUMBER",
                "2026-11-24 | TEXT", "'' | TEXT",
            })
    void plainWordsOfYamlKeepTheirText(String written, Kind kind) throws InvalidPodFile {
        String bare = written.replace("!!str ", "").replace("'", "");
        assertThat(yaml("a: " + written))
                .isEqualTo(new Entries(Map.of("a", new Scalar(bare, kind))));
    }

    @Test
    void aliasesStandForWhatTheyName() throws InvalidPodFile {
        Value file =
                yaml(
                        """
                        base: &base {a: 1, b: 2}
                        word: &word hello
                        same: *base
                        text: *word
                        more: {<<: *base, b: 3}
                        both: {<<: [{b: 4}, *base], c: 5}
                        """);

        Value base = new Entries(Map.of("a", number("1"), "b", number("2")));
        assertThat(((Entries) file).values())
                .containsEntry("same", base)
                .containsEntry("text", text("hello"))
                .containsEntry("more", new Entries(Map.of("a", number("1"), "b", number("3"))))
                .containsEntry(
                        "both",
                        new Entries(Map.of("a", number("1"), "b", number("4"), "c", number("5"))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "a: 1\\na: 2         | line 2, column 1: field 'a' is there twice",
                "a: *b               | line 1, column 4: nothing before is marked as &b",
                "a: &a [*a]          | line 1, column 8: nothing before is marked as &a",
                "a: !!binary aGk=    | line 1, column 4: tag 'tag:yaml.org,2002:binary' is unknown",
                "a: !x {}            | line 1, column 4: tag '!x' is unknown",
                "? [a]\\n: b         | line 1, column 3: the name of a field must be text",
                "{<<: 5}             | line 1, column 2: << merges objects, not a number",
                "a: [                | line 1, column 5: ",
                "--- {}\\n--- {}     | line 2, column 1: a second document begins",
                "\\ta: 1             | line 1, column 1: found character",
                "a: \"\\u0000\"      | ",
                "                    | it is empty",
                "# only a comment    | it is empty",
            })
    void wrongYamlIsToldByLine(String text, String why) {
        String yaml = text == null ? "" : text.replace("\\n", "\n").replace("\\t", "\t");
        assertThatThrownBy(
                        () -> PodFile.parse("p.yml", yaml.getBytes(UTF_8), true, Optional.empty()))
                .isInstanceOf(InvalidPodFile.class)
                .hasMessageContaining(why == null ? "" : why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "{\"a\": 1,}           | line 1, column 9: ",
                "{\"a\": 1} x          | line 1, column 10: ",
                "{\"a\": 1} {}         | line 1, column 10: something follows the object",
                "{\"a\": 1, \"a\": 2}  | Duplicate",
                "{\"a\": 0755}         | line 1, column 8: ",
                "{\"a\": NaN}          | line 1, column 10: ",
                "{\"a\": /* c */ 1}    | line 1, column 7: ",
                "{\"a\": [             | line 1, column 8: ",
                "                       | it is empty",
                "[]                     | a pod file is an object, not a list",
                "5                      | a pod file is an object, not a number",
                "null                   | a pod file is an object, not nothing",
            })
    void wrongJsonIsToldByLine(String text, String why) {
        byte[] json = (text == null ? "" : text).getBytes(UTF_8);
        assertThatThrownBy(() -> PodFile.parse("p.json", json, false, Optional.empty()))
                .isInstanceOf(InvalidPodFile.class)
                .hasMessageContaining(why)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void whatIsNoUtf8IsRefused() {
        byte[] bytes = {'{', '"', 'a', '"', ':', '"', (byte) 0xff, '"', '}'};
        assertThatThrownBy(() -> Document.parse("p.json", bytes, false))
                .isInstanceOf(InvalidPodFile.class);
        assertThatThrownBy(() -> Document.parse("p.yml", bytes, false))
                .isInstanceOf(InvalidPodFile.class);
    }

    @Test
    void depthIsBounded() {
        String deep = "[".repeat(100_000);
        assertThatThrownBy(() -> json("{\"a\": " + deep)).isInstanceOf(InvalidPodFile.class);
        assertThatThrownBy(() -> yaml("a: " + deep))
                .isInstanceOf(InvalidPodFile.class)
                .hasMessageContaining("more than 32 objects and lists inside one another");
    }

    @Test
    void theNumberOfValuesIsBounded() {
        String many = "[" + "1,".repeat(60_000) + "1]";
        assertThatThrownBy(() -> json(many)).hasMessageContaining("more than 50000 values");
        assertThatThrownBy(() -> yaml(many)).hasMessageContaining("more than 50000 values");
    }

    @Test
    void sizeIsBounded() {
        String big = "{\"a\": \"" + "x".repeat(Document.MAX_BYTES) + "\"}";
        assertThatThrownBy(() -> json(big)).hasMessageContaining("larger than");
    }

    @Test
    void aliasesCannotMakeALotOfALittle() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 20; i++) {
            bomb.append("a%d: &a%d [".formatted(i, i))
                    .append("*a%d, ".formatted(i - 1).repeat(10))
                    .append("]\n");
        }
        assertThatThrownBy(() -> yaml(bomb.toString()))
                .isInstanceOf(InvalidPodFile.class)
                .hasMessageContaining("more than 50000 values, counted with aliases");
    }
}
