// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final Fields DATA =
            new Fields()
                    .put("Name", "default")
                    .put("Empty", "")
                    .put("Current", true)
                    .put("Count", 3L)
                    .put("Ratio", 1.5)
                    .put("Nothing", null)
                    .put("List", List.of("a", "b"))
                    .put("None", List.of())
                    .put("Labels", Map.of("tier", "web", "app", "shop"))
                    .put("Inner", new Fields().put("Deep", new Fields().put("Value", 7L)))
                    .put(
                            "Ports",
                            Map.of(
                                    "80/tcp",
                                    List.of(new Fields().put("HostPort", "8080")),
                                    "53/udp",
                                    List.of(new Fields().put("HostPort", "5353"))))
                    .method("Label", name -> "label:" + name);

    private static String render(String template) {
        return Template.parse(template).render(DATA);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '\0',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "plain~plain",
                "{{.Name}}~default",
                "{{ .Name }}-{{.Count}}~default-3",
                "{{.Ratio}} {{.Current}} {{.Nothing}}~1.5 true <no value>",
                "{{.List}} {{.Labels}}~[a b] map[app:shop tier:web]",
                "{{.Inner}} {{.Inner.Deep.Value}}~{{7}} 7",
                "{{.Labels.tier}} {{.Labels.nope}}~web <no value>",
                "{{.Label \"x\"}} {{\"y\" | .Label}}~label:x label:y",
                "{{json .List}} {{.Labels | json}}~[\"a\",\"b\"] {\"app\":\"shop\",\"tier\":\"web\"}",
                "{{json .Name}} {{json .Nothing}}~\"default\" null",
                "{{range .List}}[{{.}}]{{end}}~[a][b]",
                "{{range $i, $x := .List}}{{$i}}={{$x}} {{end}}~0=a 1=b ",
                "{{range $x := .List}}{{$x}}{{$.Name}};{{end}}~adefault;bdefault;",
                "{{range .None}}x{{else}}none{{end}}~none",
                "{{range .Nothing}}x{{else}}none{{end}}~none",
                "{{range $p, $b := .Ports}}{{$p}} -> {{(index $b 0).HostPort}};{{end}}"
                        + "~53/udp -> 5353;80/tcp -> 8080;",
                "{{(index (index .Ports \"80/tcp\") 0).HostPort}}~8080",
                "{{index .Ports \"80/tcp\" 0}}~{8080}",
                "{{index .Labels \"app\"}}{{index .Labels \"nope\"}}~shop",
                "{{index .List 1}}~b",
                "{{if .Current}}yes{{else}}no{{end}}~yes",
                "{{if .Empty}}yes{{else}}no{{end}}~no",
                "{{if .None}}1{{else if .Current}}2{{else}}3{{end}}~2",
                "{{if eq .Name \"x\" \"default\"}}same{{end}}~same",
                "{{if ne .Count 3}}x{{else}}three{{end}}~three",
                "{{if and .Current (gt .Count 2)}}both{{end}}~both",
                "{{or .Empty \"other\"}} {{not .Empty}}~other true",
                "{{with .Inner.Deep}}{{.Value}}{{end}}{{with .Empty}}x{{else}}y{{end}}~7y",
                "{{with $v := .Name}}{{$v}}{{end}}~default",
                "{{$x := .Name}}{{if true}}{{$x = \"new\"}}{{end}}{{$x}}~new",
                "{{len .List}} {{len .Name}} {{len .Labels}}~2 7 2",
                "{{upper .Name}} {{.Name | upper | lower}} {{title \"abc def\"}}~DEFAULT default Abc Def",
                "{{truncate .Name 3}} {{truncate \"ab\" 9}} {{pad .Name 2 3}}|~def ab   default   |",
                "{{join .List \"-\"}} {{split \"a,b\" \",\"}} {{join (split \"abc\" \"\") \".\"}}~a-b [a b] a.b.c",
                "{{printf \"%s-%d-%v-%5s|%-5s|%q\" .Name 3 true \"a\" \"b\" \"c\"}}~default-3-true-    a|b    |\"c\"",
                "{{printf \"%05d %+d %x %.2f %t %.3s %%\" .Count 4 255 .Ratio true .Name}}~00003 +4 ff 1.50 true def %",
                "{{printf \"%d\" \"x\"}} {{printf \"%d\"}}~%!d(x) %!d(MISSING)",
                "{{print 1 2 \"a\" \"b\" 3}} {{1 | printf \"%d %d\" 2}}~1 2ab3 2 1",
                "a  {{- \" b \" -}}  c~a b c",
                "a {{- /* gone */ -}} b{{/* too */}}c~abc",
                "{{`raw \\n`}} {{'a'}} {{-3}} {{0x10}}~raw \\n 97 -3 16",
                "{{\"}}\"}}~}}",
                "{{ (.Inner.Deep).Value }}{{(.Inner).Deep.Value}}~77",
            })
    void rendersAsGoDoes(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @Test
    void knowsEscapesInStrings() {
        assertThat(render("{{.Name}}{{\"\\t\"}}{{\"\\n\\\"\"}}")).isEqualTo("default\t\n\"");
    }

    @Test
    void rangesOverListsThatHoldNil() {
        assertThat(Template.parse("{{range .}}[{{.}}]{{end}}").render(Arrays.asList("a", null)))
                .isEqualTo("[a][<no value>]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '\0',
            value = {
                "{{.Name~unclosed action",
                "{{.Name}~unexpected '}'",
                "{{if .Name}}~unexpected EOF",
                "{{if .Name}}x{{else}}y~unexpected EOF",
                "{{if}}x{{end}}~missing value for if",
                "{{}}~missing value for command",
                "{{end}}~unexpected {{end}}",
                "{{else}}~unexpected {{else}}",
                "{{if 1}}{{else}}{{else}}{{end}}~unexpected {{else}}",
                "{{foo .Name}}~function \"foo\" not defined",
                "{{.Name | foo}}~function \"foo\" not defined",
                "{{nil}}~nil is not a command",
                "{{\"a}}~unterminated quoted string",
                "{{`a}}~unterminated raw quoted string",
                "{{\"\\q\"}}~unknown escape \\q",
                "{{1x}}~bad number syntax: \"1x\"",
                "{{$x}}~undefined variable \"$x\"",
                "{{$x = 1}}~undefined variable \"$x\"",
                "{{(.Name}}~expected ')'",
                "{{.Name)}}~unexpected ')'",
                "{{1 2}}~can't give argument to non-function",
                "{{if $a, $b := .List}}{{end}}~too many declarations in if",
                "{{/* x}}~unclosed comment",
                "{{template \"x\"}}~{{template}} is not supported",
                "{{.Foo}}~can't evaluate field Foo; fields here are Name, Empty",
                "{{.Name.Foo}}~can't evaluate field Foo in default",
                "{{.Nothing.Foo}}~nil pointer evaluating .Foo",
                "{{.Name \"x\"}}~.Name is a value and takes no arguments",
                "{{.Label}}~.Label takes one string",
                "{{index .List 7}}~error calling index: index out of range: 7",
                "{{index .Name 1}}~error calling index: can't index item of type default",
                "{{len 3}}~error calling len: len of 3",
                "{{eq .Name 3}}~incompatible types for comparison",
                "{{upper 3}}~error calling upper: expected string; found 3",
                "{{upper}}~error calling upper: wrong number of args: want 1 got 0",
                "{{range 3}}{{end}}~range can't iterate over 3",
                "{{pad .Name -1 0}}~pad takes numbers between",
            })
    void saysWhatIsWrong(String template, String why) {
        assertThatThrownBy(() -> render(template))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("template parsing error: ")
                .hasMessageContaining(why);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // Doubles a string in each round.
                "{{$x := \"aaaaaaaaaaaaaaaa\"}}{{range split . \",\"}}{{$x = print $x $x}}{{end}}",
                // Prints more than anyone reads.
                "{{$l := split . \",\"}}{{range $l}}{{range $l}}{{range $l}}{{pad \"x\" 99999 0}}{{end}}{{end}}{{end}}",
                // Works without printing.
                "{{$l := split . \",\"}}{{range $l}}{{range $l}}{{range $l}}{{end}}{{end}}{{end}}"
                        + "{{range $l}}{{range $l}}{{range $l}}{{end}}{{end}}{{end}}"
            })
    void boundsWorkAndMemory(String template) {
        assertThatThrownBy(() -> Template.parse(template).render(",".repeat(100)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("template parsing error: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "{{if 1}}", "{{else if 1}}", "{{if 1}}{{else}}"})
    void boundsNesting(String piece) {
        String template =
                piece.equals("(")
                        ? "{{" + "(".repeat(20000) + "}}"
                        : "{{if 1}}" + piece.repeat(3000);
        assertThatThrownBy(() -> Template.parse(template))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("levels deep");
    }

    @Test
    void boundsLength() {
        assertThatThrownBy(() -> Template.parse("x".repeat(70_000)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("longer than");
    }
}
