// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.network.PortMapping;
import io.hypercontainer.api.network.Service;
import io.hypercontainer.api.runtime.PodState;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code pod ls}, {@code pod inspect}, {@code list}, and pods in {@code ps} and {@code inspect}.
 */
class PodListingTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void fill() {
        typed.runtime
                .pods
                .with("web", new PodState.Running(Samples.THEN), "front", "back")
                .with("job", new PodState.Stopped("kernel panic"), "job")
                .with("idle", new PodState.Created())
                .with("halted", new PodState.Paused(Samples.THEN));
        typed.runtime.pods.publish("web", List.of(new PortMapping("tcp", "0.0.0.0", 8080, 80)));
        typed.runtime.pods.serve(
                "web",
                List.of(
                        new Service(
                                "10.0.0.1",
                                80,
                                "tcp",
                                List.of(new Service.Backend("10.1.0.1", 8080)))));
    }

    @Test
    void podsAreListed() {
        assertThat(typed.run("pod ls")).isZero();

        List<String> lines = typed.out().lines().toList();
        assertThat(lines.getFirst()).matches("POD ID +NAME +STATUS +CREATED +CONTAINERS +PORTS");
        assertThat(lines.get(1))
                .startsWith(Samples.id("pod web").substring(0, 12) + "   web ")
                .contains(" Up ")
                .endsWith("   2            0.0.0.0:8080->80/tcp");
        assertThat(lines.get(2)).contains("job ", "Stopped (kernel panic)");
        assertThat(lines.get(4)).contains("(Paused)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pod ls                          | web job idle halted",
                "pod list                        | web job idle halted",
                "pod ls --filter name=b          | web job",
                "pod ls --filter name=^web$      | web",
                "pod ls --filter status=running  | web",
                "pod ls --filter status=stopped --filter status=paused | job halted",
                "pod ls --filter single=true     | job",
                "pod ls --filter single=false    | web idle halted",
                "pod ls --filter label=team=a    | web job idle halted",
                "pod ls --filter label=team=b    | ''",
                "pod ls --filter network=none    | ''",
                "list                            | web job idle halted",
                "list pod                        | web job idle halted",
                "list -p web                     | web",
                "list vm                         | web halted",
            })
    void podsAreSelected(String line, String names) {
        assertThat(typed.run(line + " --format {{.Name}}")).isZero();
        assertThat(typed.out().lines())
                .containsExactly(names.isEmpty() ? new String[0] : names.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ps -a --pod web                 | front back",
                "ps --pod job                    | job",
                "ps -a --filter pod=web          | front back",
                "ps -a --pod nowhere             | ''",
                "list container -p web           | front back",
            })
    void containersAreSelectedByPod(String line, String names) {
        assertThat(typed.run(line + " --format {{.Names}}")).isZero();
        assertThat(typed.out().lines())
                .containsExactly(names.isEmpty() ? new String[0] : names.split(" "));
    }

    @Test
    void aContainersPodIsKnownByIdToo() {
        typed.run("ps", "--pod", Samples.id("pod web").substring(0, 12), "--format", "{{.Pod}}");
        assertThat(typed.out()).isEqualTo("web\nweb\n");
    }

    @Test
    void machinesAreListed() {
        typed.run("list vm");
        assertThat(typed.out().lines().toList().get(1))
                .contains(" web ", " qemu ", " emulation ", " 128MiB ")
                .endsWith(" 10.0.2.15");
    }

    @Test
    void quietPrintsIds() {
        typed.run("pod ls -q --filter name=web");
        typed.run("list -q --no-trunc -p web");
        assertThat(typed.out())
                .isEqualTo(
                        Samples.id("pod web").substring(0, 12)
                                + "\n"
                                + Samples.id("pod web")
                                + "\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "pod ls --filter colour=red   | invalid filter 'colour': there are",
                "pod ls --filter status=dead  | there are created, paused, running, stopped",
                "pod ls --filter single=maybe | there are false, true",
                "list -p nowhere              | there is no pod 'nowhere'",
                "pod inspect nowhere          | there is no pod 'nowhere'",
                "inspect nowhere              | there is no container, pod, image or volume 'nowhere'",
            })
    void whatIsNotUnderstoodIsToldInOneLine(String line, String why) {
        assertThat(typed.run(line)).isEqualTo(1);
        assertThat(typed.err()).startsWith("hyperctl: ").contains(why).hasLineCount(1);
    }

    @Test
    void aPodIsInspected() {
        assertThat(typed.run("pod inspect web")).isZero();
        assertThat(typed.out())
                .contains("\"Name\": \"web\"")
                .contains("\"Status\": \"running\"")
                .contains("\"Hypervisor\": \"qemu\"")
                .contains("\"HostPort\": 8080")
                .contains("\"Address\": \"10.1.0.1\"")
                .contains("\"Name\": \"front\"", "\"Name\": \"back\"");
    }

    @Test
    void inspectFindsPodsWhereNoContainerHasTheName() {
        typed.run("inspect", "--format", "{{.State.Status}}", "web", "halted");
        typed.run("inspect", "--type", "pod", "--format", "{{.State.Error}}", "job");
        typed.run("inspect", "--format", "{{.Pod}}", "front");
        assertThat(typed.out())
                .isEqualTo("running\npaused\nkernel panic\n" + Samples.id("pod web") + "\n");
    }
}
