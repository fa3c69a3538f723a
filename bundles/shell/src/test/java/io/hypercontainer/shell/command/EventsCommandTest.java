// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.Event;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventsCommandTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void fill() {
        happened(
                "container",
                "create",
                "c1",
                Map.of("name", "web", "image", "nginx:1.27", "tier", "front"));
        happened(
                "container",
                "exec_create: sh -c \"x\"",
                "c1",
                Map.of("name", "web", "image", "nginx:1.27"));
        happened("container", "health_status: healthy", "c1", Map.of("name", "web"));
        happened("container", "die", "c2", Map.of("name", "job", "exitCode", "7"));
        happened("image", "pull", "nginx:1.27", Map.of("name", "nginx"));
        happened("volume", "create", "data", Map.of("driver", "overlay"));
        happened("pod", "start", "p1", Map.of());
    }

    private void happened(String type, String action, String id, Map<String, String> attributes) {
        typed.runtime.events.all.add(
                new Event(Instant.parse("2026-11-24T08:00:00.5Z"), type, action, id, attributes));
    }

    @Test
    void printsDockersLines() {
        assertThat(typed.run("events --since 0 --until 0s")).isZero();
        assertThat(typed.out().lines())
                .startsWith(
                        "2026-11-24T08:00:00.500000000Z container create c1 (image=nginx:1.27,"
                                + " name=web, tier=front)")
                .endsWith("2026-11-24T08:00:00.500000000Z pod start p1");
    }

    @Test
    void whatImagesSayDoesNotDriveTheTerminal() {
        happened("image", "tag", "evil", Map.of("name", "a\u001b[2Jb"));
        typed.run("events --filter image=evil --until 0s");
        assertThat(typed.out()).contains("(name=a\\x1b[2Jb)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "events                                   | -                    | false",
                "events --since 2026-11-24T08:00:00Z      | 2026-11-24T08:00:00Z | false",
                "events --until 2026-11-24T08:00:00Z      | 1970-01-01T00:00:00Z | true",
                "events --since 1 --until 2               | 1970-01-01T00:00:01Z | true",
                "system events --since 1                  | 1970-01-01T00:00:01Z | false",
            })
    void asksForWhatIsWanted(String line, String since, boolean until) {
        assertThat(typed.run(line)).isZero();
        assertThat(typed.runtime.events.calls).containsExactly(since + " " + until);
    }

    @Test
    void theEndCannotComeBeforeTheBeginning() {
        assertThat(typed.run("events --since 2 --until 1")).isEqualTo(1);
        assertThat(typed.err())
                .isEqualTo(
                        "hyperctl: --since 1970-01-01T00:00:02Z cannot be after --until"
                                + " 1970-01-01T00:00:01Z\n");
        assertThat(typed.runtime.events.calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "type=container                    | create exec_create health_status die",
                "type=container --filter type=pod  | create exec_create health_status die start",
                "event=die                         | die",
                "event=health_status               | health_status",
                "event=exec_create                 | exec_create",
                "event=exec                        | ''",
                "container=web                     | create exec_create health_status",
                "container=c2                      | die",
                "container=c2 --filter event=start | ''",
                "image=nginx                       | create exec_create pull",
                "image=nginx:1.27                  | create exec_create pull",
                "image=ngin                        | ''",
                "volume=data                       | create",
                "pod=p1                            | start",
                "label=tier                        | create",
                "label=tier=front                  | create",
                "label=tier=back                   | ''",
                "scope=local --filter event=die    | die",
            })
    void filters(String filter, String actions) {
        assertThat(typed.run("events --format {{.Action}} --filter " + filter)).isZero();
        String shown = String.join(" ", typed.out().lines().map(EventsCommandTest::word).toList());
        assertThat(shown).isEqualTo(actions);
    }

    private static String word(String action) {
        return action.replaceFirst(":.*", "");
    }

    @Test
    void anUnknownFilterIsRefused() {
        assertThat(typed.run("events --filter color=red")).isEqualTo(1);
        assertThat(typed.err()).startsWith("hyperctl: invalid filter 'color'");
    }

    @Test
    void jsonIsDockers() {
        String json =
                "{\"status\":\"die\",\"id\":\"c2\",\"Type\":\"container\",\"Action\":\"die\","
                        + "\"Actor\":{\"ID\":\"c2\",\"Attributes\":{\"exitCode\":\"7\","
                        + "\"name\":\"job\"}},\"scope\":\"local\",\"time\":1795507200,"
                        + "\"timeNano\":1795507200500000000}\n";
        assertThat(typed.run("events", "--filter", "event=die", "--format", "json")).isZero();
        assertThat(typed.run("events", "--filter", "event=die", "--format", "{{json .}}")).isZero();
        assertThat(typed.out()).isEqualTo(json + json);
    }

    @Test
    void templatesHaveDockersFields() {
        assertThat(
                        typed.run(
                                "events",
                                "--filter",
                                "event=create",
                                "--filter",
                                "type=container",
                                "--format",
                                "{{.Status}} {{.ID}} {{.From}} {{.Type}} {{.Actor.ID}}"
                                        + " {{.Actor.Attributes.name}} {{.Scope}} {{.Time}}"
                                        + " {{.TimeNano}}"))
                .isZero();
        assertThat(typed.out())
                .isEqualTo(
                        "create c1 nginx:1.27 container c1 web local 1795507200"
                                + " 1795507200500000000\n");
    }

    @Test
    void aMalformedTemplateIsRefusedBeforeTheFirstEvent() {
        assertThat(typed.run("events", "--format", "{{.")).isEqualTo(1);
        assertThat(typed.runtime.events.calls).isEmpty();
    }

    @Test
    void imagesAreToldOf() {
        typed.runtime.events.all.clear();
        typed.session.file("image.tar", "archive");
        assertThat(typed.run("pull -q remote")).isZero();
        assertThat(typed.run("load -q -i image.tar")).isZero();
        assertThat(typed.run("tag busybox mine:1")).isZero();
        assertThat(typed.run("create --pull always remote:2")).isZero();
        String id = typed.images.get("busybox").id();
        assertThat(typed.run("rmi busybox")).isZero();
        assertThat(typed.run("rmi gone")).isEqualTo(1);
        assertThat(typed.runtime.events.told())
                .containsExactly(
                        "image pull remote:latest {name=remote, team=a}",
                        "image load " + id + " {name=" + id + ", team=a}",
                        "image tag " + id + " {name=mine:1, team=a}",
                        "image pull remote:2 {name=remote, team=a}",
                        "image untag " + id + " {name=busybox:latest, team=a}",
                        "image delete " + id + " {name=" + id + ", team=a}");
    }
}
