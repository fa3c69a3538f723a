// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InstructionsTest {
    private static final ImageConfig BEFORE =
            new ImageConfig(
                    "amd64",
                    "linux",
                    List.of("/init"),
                    List.of("serve"),
                    List.of("A=b", "PATH=/bin"),
                    "",
                    "/srv",
                    List.of("80/tcp"),
                    List.of(),
                    Map.of("k", "v"),
                    "",
                    Optional.empty());

    private static ImageConfig apply(String... instructions) {
        return Instructions.apply(List.of(instructions), BEFORE);
    }

    @Test
    void leavesAloneWhatIsNotNamed() {
        assertThat(apply()).isEqualTo(BEFORE);
    }

    @Test
    void takesListsAndLinesForTheShell() {
        assertThat(apply("CMD [\"a\", \"b c\"]").command()).containsExactly("a", "b c");
        assertThat(apply("cmd  echo $A \"x\"").command())
                .containsExactly("/bin/sh", "-c", "echo $A \"x\"");
        assertThat(apply("CMD [not json").command()).containsExactly("/bin/sh", "-c", "[not json");
        assertThat(apply("CMD []").command()).isEmpty();
        assertThat(apply("CMD [\"a\"]").entrypoint()).containsExactly("/init");
    }

    @Test
    void dropsTheCommandThatWasMeantForAnotherEntrypoint() {
        assertThat(apply("ENTRYPOINT [\"/other\"]").command()).isEmpty();
        ImageConfig both = apply("CMD [\"x\"]", "ENTRYPOINT [\"/other\"]");
        assertThat(both.entrypoint()).containsExactly("/other");
        assertThat(both.command()).containsExactly("x");
    }

    @Test
    void putsVariablesIn() {
        assertThat(apply("ENV PATH=$PATH:/x B='$A' C=\"${A} c\" D=\\$A E=a\\ b").env())
                .containsExactly("A=b", "PATH=/bin:/x", "B=$A", "C=b c", "D=$A", "E=a b");
        assertThat(apply("ENV B two  words").env()).contains("B=two words");
        // All of a line sees what was before the line.
        assertThat(apply("ENV A=x B=$A", "ENV D=$A$NONE.").env())
                .containsExactly("A=x", "PATH=/bin", "B=b", "D=x.");
        assertThat(apply("LABEL a=$A \"b c\"=d").labels())
                .isEqualTo(Map.of("k", "v", "a", "b", "b c", "d"));
    }

    @Test
    void takesWhatDockerTakes() {
        ImageConfig now =
                apply(
                        "EXPOSE 53/udp 8000-8002",
                        "VOLUME /a /b",
                        "VOLUME [\"/with space\"]",
                        "USER app:app",
                        "WORKDIR sub/../deep",
                        "STOPSIGNAL SIGQUIT");
        assertThat(now.exposedPorts())
                .containsExactly("53/udp", "80/tcp", "8000/tcp", "8001/tcp", "8002/tcp");
        assertThat(now.volumes()).containsExactly("/a", "/b", "/with space");
        assertThat(now.user()).isEqualTo("app:app");
        assertThat(now.workdir()).isEqualTo("/srv/deep");
        assertThat(now.stopSignal()).isEqualTo("SIGQUIT");
    }

    @Test
    void describesHealthChecks() {
        assertThat(
                        apply(
                                        "HEALTHCHECK --interval=1m30s --timeout=500ms --retries=2 CMD test -e x")
                                .healthcheck())
                .contains(
                        new ImageConfig.Healthcheck(
                                List.of("CMD", "/bin/sh", "-c", "test -e x"),
                                90_000_000_000L,
                                500_000_000L,
                                0,
                                2));
        assertThat(apply("HEALTHCHECK CMD [\"true\"]").healthcheck().orElseThrow().test())
                .containsExactly("CMD", "true");
        assertThat(apply("HEALTHCHECK CMD true", "HEALTHCHECK NONE").healthcheck()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "CMD",
                "FROM x",
                "RUN x",
                "ONBUILD RUN x",
                "ENV A",
                "ENV =x y=z",
                "ENV A=\"x",
                "ENV A='x",
                "ENV A=${B",
                "ENV A=${B:-c}",
                "EXPOSE x",
                "EXPOSE 0",
                "EXPOSE 80-70",
                "EXPOSE 65536",
                "EXPOSE 80/icmp",
                "USER a b",
                "VOLUME relative",
                "STOPSIGNAL NONE",
                "HEALTHCHECK true",
                "HEALTHCHECK --interval=30 CMD true",
                "HEALTHCHECK --other=3s CMD true",
                "HEALTHCHECK --retries=-1 CMD true",
                "LABEL x"
            })
    void refuses(String instruction) {
        assertThatThrownBy(() -> apply(instruction))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("change '" + instruction + "': ");
    }

    @ParameterizedTest
    @CsvSource({
        "FROM x,FROM is not one of",
        "CMD,CMD needs an argument",
        "USER a b,takes one word"
    })
    void saysWhatIsWrong(String instruction, String message) {
        assertThatThrownBy(() -> apply(instruction)).hasMessageContaining(message);
    }
}
