// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.storage.Volume;
import io.hypercontainer.api.storage.VolumeSpec;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VolumeCommandsTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void aUsedAndTwoUnusedVolumes() {
        typed.runtime.volumes.names.add("spare");
        typed.runtime.volumes.names.add("data");
        typed.runtime.volumes.names.add(Samples.id("anonymous"));
        typed.runtime.volumes.labels.put(
                Samples.id("anonymous"), Map.of(Volume.ANONYMOUS, "", "tier", "web"));
    }

    @Test
    void volumesAreListed() {
        typed.run("volume ls");
        assertThat(typed.out())
                .isEqualTo(
                        """
                        DRIVER    VOLUME NAME
                        overlay   %s
                        overlay   data
                        overlay   spare
                        """
                                .formatted(Samples.id("anonymous")));
    }

    @Test
    void volumesThatNobodyUsesAreDangling() {
        typed.run("volume ls -q --filter dangling=false");
        assertThat(typed.out()).isEqualTo("data\n");
    }

    @Test
    void volumesComeAndGo() {
        assertThat(typed.run("volume create fresh")).isZero();
        assertThat(typed.run("volume rm fresh data gone")).isEqualTo(1);
        assertThat(typed.out()).isEqualTo("fresh\nfresh\n");
        assertThat(typed.err())
                .isEqualTo(
                        """
                        hyperctl: volume 'data' is used by a container
                        hyperctl: there is no volume 'gone'
                        """);
        assertThat(typed.run("volume rm -f gone")).isZero();
    }

    @Test
    void aVolumeIsMadeWithLabelsAndASize() {
        assertThat(typed.run("volume create -d local --label a --label b=c -o size=2g fresh"))
                .isZero();
        assertThat(typed.runtime.volumes.made)
                .containsExactly(new VolumeSpec("fresh", 2L << 30, Map.of("a", "", "b", "c")));
        assertThat(typed.run("volume create -o type=nfs x")).isEqualTo(1);
        assertThat(typed.err()).contains("volume option 'type=nfs' is unknown: there is size");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "label=tier --filter driver=overlay | anonymous",
                "label=tier=web | anonymous",
                "label=tier=db | ''",
                "driver=thick | ''",
                "dangling=true --filter name=spare | spare",
            })
    void volumesAreFiltered(String filter, String found) {
        typed.run("volume ls --format {{.Name}} --filter " + filter);
        assertThat(typed.out().replace(Samples.id("anonymous"), "anonymous").strip())
                .isEqualTo(found);
    }

    @Test
    void pruneHeedsLabels() {
        assertThat(typed.run("volume prune -f --filter label!=tier")).isZero();
        assertThat(typed.runtime.volumes.names).hasSize(3);
        assertThat(typed.run("volume prune -f --filter label=tier=web")).isZero();
        assertThat(typed.runtime.volumes.names).containsExactly("spare", "data");
    }

    @Test
    void aVolumeWithoutANameGetsOne() {
        typed.run("volume create");
        assertThat(typed.out()).matches("[0-9a-f]{64}\n");
    }

    @Test
    void pruneAsksAndThenRemovesWhatNobodyNamed() {
        assertThat(typed.run("volume prune")).isZero();
        assertThat(typed.runtime.volumes.names).hasSize(3);

        typed.session.input("y\n");
        assertThat(typed.run("volume prune")).isZero();
        assertThat(typed.out()).contains("[y/N]").endsWith(Samples.id("anonymous") + "\n");
        assertThat(typed.runtime.volumes.names).containsExactly("spare", "data");

        assertThat(typed.run("volume prune -a -f")).isZero();
        assertThat(typed.runtime.volumes.names).containsExactly("data");
    }
}
