// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.network.PortMapping;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code ps}, {@code list}, {@code images}, {@code volume} and {@code info}. */
class ListingCommandsTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void fill() {
        typed.runtime
                .containers
                .with(
                        Samples.running("web")
                                .image("nginx:1.27")
                                .ports(
                                        new PortMapping("tcp", "0.0.0.0", 8001, 81),
                                        new PortMapping("tcp", "0.0.0.0", 8000, 80),
                                        new PortMapping("udp", "::1", 53, 53)))
                .with(Samples.exited("job", 3))
                .with(Samples.created("new"));
    }

    @Test
    void psShowsWhatRuns() {
        assertThat(typed.run("ps")).isZero();

        assertThat(typed.out().lines()).hasSize(2);
        assertThat(typed.out().lines().findFirst().orElseThrow())
                .matches("CONTAINER ID +IMAGE +COMMAND +CREATED +STATUS +PORTS +NAMES");
        assertThat(typed.out().lines().toList().getLast())
                .startsWith(Samples.id("web").substring(0, 12) + "   nginx:1.27   ")
                .contains("   \"sh -c while :; do s…\"   ")
                .contains("   0.0.0.0:8000-8001->80-81/tcp, [::1]:53->53/udp   ")
                .endsWith("   web");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ps                                         | web",
                "ps -a                                      | web job new",
                "ps -n 2                                    | web job",
                "ps -l                                      | web",
                "ps -a --filter name=e                      | web new",
                "ps -a --filter name=^ne                    | new",
                "ps -a --filter name=^/new$                 | new",
                "ps -a --filter name=eb$                    | web",
                "ps -a --filter name=w --filter name=j      | web job new",
                "ps --filter status=exited                  | job",
                "ps --filter status=created                 | new",
                "ps --filter exited=3                       | job",
                "ps --filter exited=4                       | ''",
                "ps -a --filter label=team=a                | web job new",
                "ps -a --filter label=com.example.tier=job  | job",
                "ps -a --filter label=team --filter label=com.example.tier=new | new",
                "ps -a --filter ancestor=nginx:1.27         | web",
                "ps -a --filter ancestor=nginx              | ''",
                "ps -a --filter ancestor=busybox            | job new",
                "ps -a --filter ancestor=busybox:latest     | job new",
                "ps -a --filter volume=data --filter name=job | job",
                "ps -a --filter network=none                | ''",
                "list container                             | web",
                "list -a container                          | web job new",
                "container ls -a                            | web job new",
            })
    void containersAreSelected(String line, String names) {
        assertThat(typed.run(line + " --format {{.Names}}")).isZero();
        assertThat(typed.out().lines())
                .containsExactly(names.isEmpty() ? new String[0] : names.split(" "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ps --filter colour=red    | invalid filter 'colour': there are",
                "ps --filter name          | invalid filter 'name': give KEY=VALUE",
                "ps --filter status=asleep | there are created, running, paused,",
                "ps --format {{.Nope}}     | template parsing error: can't evaluate field Nope",
                "ps --format {{            | template parsing error: unclosed action",
                "list images               | cannot list 'images': there are pod, container and vm",
                "images --filter a=b       | invalid filter 'a'",
                "inspect --type x web      | invalid value 'x' for --type",
            })
    void whatIsNotUnderstoodIsToldInOneLine(String line, String why) {
        assertThat(typed.run(line)).isEqualTo(1);
        assertThat(typed.err()).startsWith("hyperctl: ").contains(why).hasLineCount(1);
        assertThat(typed.out()).isEmpty();
    }

    @Test
    void aCommandWithQuotesIsQuoted() {
        typed.runtime.containers.all.clear();
        typed.runtime.containers.with(Samples.running("x").args("sh", "-c", "echo \"a\n\""));
        typed.run("ps", "--format", "{{.Command}}");
        assertThat(typed.out()).isEqualTo("\"sh -c echo \\\"a\\n\\\"\"\n");
    }

    @Test
    void psFormats() {
        typed.run(
                "ps",
                "--format",
                "table {{.Names}}\\t{{.State}}\\t{{.Label \"com.example.tier\"}}");
        typed.run("ps", "--format", "{{.ID}}: {{.Label \"team\"}} {{.Mounts}} {{.CreatedAt}}");

        assertThat(typed.out().lines())
                .containsExactly(
                        "NAMES   STATE     tier",
                        "web     running   web",
                        Samples.id("web").substring(0, 12)
                                + ": a data,/srv 2026-11-24 08:00:00 +0000 UTC");
    }

    @Test
    void psAsJsonIsAnObjectALine() {
        typed.run("ps -a --format json");

        assertThat(typed.out().lines()).hasSize(3);
        assertThat(typed.out().lines().findFirst().orElseThrow())
                .startsWith("{\"Command\":\"\\\"sh -c while :; do s…\\\"\",\"CreatedAt\":\"2026-")
                .contains("\"Labels\":\"com.example.tier=web,team=a\",\"LocalVolumes\":\"1\"")
                .contains("\"State\":\"running\"")
                .endsWith("}");
    }

    @Test
    void psQuietPrintsIds() {
        typed.run("ps -q");
        typed.run("ps -q --no-trunc");
        assertThat(typed.out())
                .isEqualTo(Samples.id("web").substring(0, 12) + "\n" + Samples.id("web") + "\n");
    }

    @Test
    void imagesAreListedByName() {
        typed.images.all.clear();
        typed.images.with("busybox:latest", "registry:5000/box:1");
        typed.images.with();

        typed.run("images", "--format", "table {{.Repository}}\\t{{.Tag}}\\t{{.Size}}");
        assertThat(typed.out())
                .isEqualTo(
                        """
                        REPOSITORY          TAG      SIZE
                        busybox             latest   4.27MB
                        registry:5000/box   1        4.27MB
                        <none>              <none>   4.27MB
                        """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "images                                | busybox:1 busybox:2 team/tool:1",
                "images busybox                        | busybox:1 busybox:2",
                "images busybox:2                      | busybox:2",
                "images docker.io/library/busybox:2    | busybox:2",
                "images nothing                        | ''",
                "images --filter reference=busy*       | busybox:1 busybox:2",
                "images --filter reference=*/*:1       | team/tool:1",
                "images --filter dangling=false        | busybox:1 busybox:2 team/tool:1",
                "images --filter dangling=true         | ''",
                "images --filter label=team=b          | ''",
            })
    void imagesAreSelected(String line, String names) {
        typed.images.all.clear();
        typed.images.with("busybox:1", "busybox:2").with("team/tool:1");

        assertThat(typed.run(line + " --format {{.Repository}}:{{.Tag}}")).isZero();
        assertThat(String.join(" ", typed.out().lines().toList())).isEqualTo(names);
    }

    @Test
    void imagesQuietPrintsEachIdOnce() {
        typed.images.all.clear();
        typed.images.with("busybox:1", "busybox:2");

        typed.run("images -q");
        assertThat(typed.out()).isEqualTo(typed.images.all.getFirst().id().substring(7, 19) + "\n");
    }

    @Test
    void infoShowsDriversAndCountsProblems() {
        assertThat(typed.run("info")).isZero();
        assertThat(typed.out())
                .startsWith("Containers: 3\n Running: 1\n Stopped: 2\nImages: 3\n")
                .contains(
                        """
                        Hypervisors:
                         qemu (default):
                          Bundle: io.hypercontainer.qemu 0.1.0
                          isolation: emulation
                        Storage Drivers:
                         overlay: not usable
                          Bundle: io.hypercontainer.storage.overlay 0.1.0
                          Note: no space
                        """)
                .contains("Total Memory: 8GiB\n")
                .endsWith("Problems: 1, see 'hyperctl doctor'\n");
        assertThat(typed.err()).isEmpty();
    }

    @Test
    void infoFormats() {
        typed.run("info", "--format", "{{.Hypervisor}} {{range .Drivers}}{{.Name}},{{end}}");
        typed.run("info", "--format", "{{.Warnings}}");
        assertThat(typed.out()).isEqualTo("qemu qemu,overlay,user,\n[container 0123 is damaged]\n");
    }
}
