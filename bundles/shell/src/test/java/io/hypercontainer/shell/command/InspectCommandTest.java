// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.network.PortMapping;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectCommandTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void fill() {
        typed.runtime
                .containers
                .with(
                        Samples.running("web")
                                .ports(
                                        new PortMapping("tcp", "0.0.0.0", 8080, 80),
                                        new PortMapping("tcp", "127.0.0.1", 8081, 80)))
                .with(Samples.exited("job", 3))
                .with(Samples.created("new"));
        typed.runtime.volumes.names.add("data");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "web|{{.State.Status}} {{.State.Running}} {{.State.ExitCode}}|running true 0",
                "web|{{.State.StartedAt}} {{.State.FinishedAt}}"
                        + "|2026-11-24T08:00:00Z 0001-01-01T00:00:00Z",
                "job|{{.State.Status}} {{.State.Running}} {{.State.ExitCode}}|exited false 3",
                "job|{{.State.FinishedAt}}|2026-11-24T08:01:00Z",
                "new|{{.State.Status}} {{.State.StartedAt}}|created 0001-01-01T00:00:00Z",
                "web|{{.Name}} {{.Config.Image}} {{.Path}} {{json .Args}}"
                        + "|/web busybox sh [\"-c\",\"while :; do sleep 1; done\"]",
                "web|{{range $p, $conf := .NetworkSettings.Ports}}{{$p}} -> "
                        + "{{(index $conf 0).HostPort}} {{end}}|80/tcp -> 8080 ",
                "web|{{(index (index .NetworkSettings.Ports \"80/tcp\") 1).HostIp}}|127.0.0.1",
                "job|{{json .NetworkSettings.Ports}}|{\"80/tcp\":null}",
                "web|{{.NetworkSettings.IPAddress}}|10.0.2.15",
                "web|{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}|10.0.2.15",
                "web|{{range .Mounts}}{{.Type}}:{{.Destination}}:{{.RW}} {{end}}"
                        + "|volume:/data:false bind:/srv:true tmpfs:/run:true ",
                "web|{{json .HostConfig.Binds}}|[\"data:/data:ro\",\"/srv:/srv\"]",
                "web|{{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}|134217728 1500000000",
                "web|{{json .HostConfig.LogConfig}} {{.HostConfig.PidsLimit}}"
                        + "|{\"Type\":\"json-file\",\"Config\":{}} 0",
                "web|{{index .Config.Labels \"com.example.tier\"}}|web",
                "web|{{.Config.Labels.nope}}|<no value>",
                "web|{{.Machine.Hypervisor}} {{.Machine.Isolation}} {{.Machine.Cpus}}"
                        + "|qemu hardware 1.5",
                "busybox|{{.Config.User}} {{.Config.StopSignal}} {{.Architecture}}|1234 USR1 amd64",
                "busybox|{{json .RepoTags}} {{json .Config.ExposedPorts}}"
                        + "|[\"busybox:latest\"] {\"80/tcp\":{}}",
                "data|{{.Name}} {{.Mountpoint}}|data /var/lib/hyper/overlay/volumes/data",
            })
    void hasDockersFields(String name, String format, String expected) {
        assertThat(typed.run("inspect", "--format", format, name)).isZero();
        assertThat(typed.out()).isEqualTo(expected + "\n");
    }

    @Test
    void withoutFormatIsAnIndentedArray() {
        assertThat(typed.run("inspect web busybox")).isZero();
        assertThat(typed.out())
                .startsWith("[\n    {\n        \"Id\": \"" + Samples.id("web") + "\",\n")
                .contains("\n        \"State\": {\n            \"Status\": \"running\",\n")
                .contains("\n    },\n    {\n        \"Id\": \"sha256:")
                .endsWith("\n    }\n]\n");
    }

    @Test
    void whatIsNotThereIsToldBehindTheRest() {
        assertThat(typed.run("inspect gone")).isEqualTo(1);
        assertThat(typed.out()).isEqualTo("[]\n");
        assertThat(typed.err())
                .isEqualTo("hyperctl: there is no container, pod, image or volume 'gone'\n");
    }

    @Test
    void looksForOneKindOnlyIfTold() {
        assertThat(typed.run("inspect --type image web")).isEqualTo(1);
        assertThat(typed.run("inspect --type container busybox")).isEqualTo(1);
        assertThat(typed.run("inspect --type volume --format {{.Name}} data")).isZero();
        assertThat(typed.out()).endsWith("data\n");
    }

    @Test
    void volumesHaveTheirOwn() {
        assertThat(typed.run("volume inspect data gone")).isEqualTo(1);
        assertThat(typed.out())
                .contains("\"Name\": \"data\"")
                .contains("\"SizeBytes\": 1073741824");
        assertThat(typed.err()).isEqualTo("hyperctl: there is no volume 'gone'\n");
    }
}
