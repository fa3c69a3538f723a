// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceTest {
    private static final String HEX = "0123456789abcdef".repeat(4);

    @ParameterizedTest
    @CsvSource({
        "busybox, docker.io/library/busybox:latest, busybox:latest",
        "busybox:1.36, docker.io/library/busybox:1.36, busybox:1.36",
        "library/busybox, docker.io/library/busybox:latest, busybox:latest",
        "docker.io/busybox, docker.io/library/busybox:latest, busybox:latest",
        "index.docker.io/busybox, docker.io/library/busybox:latest, busybox:latest",
        "docker.io/library/busybox, docker.io/library/busybox:latest, busybox:latest",
        "user/image, docker.io/user/image:latest, user/image:latest",
        "a/b/c, docker.io/a/b/c:latest, a/b/c:latest",
        "library/a/b, docker.io/library/a/b:latest, docker.io/library/a/b:latest",
        "localhost/image, localhost/image:latest, localhost/image:latest",
        "localhost:5000/image, localhost:5000/image:latest, localhost:5000/image:latest",
        "registry:5000/a/b:tag, registry:5000/a/b:tag, registry:5000/a/b:tag",
        "registry.example/image, registry.example/image:latest, registry.example/image:latest",
        "Registry/image, Registry/image:latest, Registry/image:latest",
        "127.0.0.1/a, 127.0.0.1/a:latest, 127.0.0.1/a:latest",
        "[::1]:5000/a, [::1]:5000/a:latest, [::1]:5000/a:latest",
        "docker.io/localhost/a, docker.io/localhost/a:latest, docker.io/localhost/a:latest",
        "docker.io/a.b/c, docker.io/a.b/c:latest, docker.io/a.b/c:latest",
        "a__b/c-d/e.f, docker.io/a__b/c-d/e.f:latest, a__b/c-d/e.f:latest",
        "a---b, docker.io/library/a---b:latest, a---b:latest",
        "busybox:5000, docker.io/library/busybox:5000, busybox:5000",
        "a:_x.Y-z, docker.io/library/a:_x.Y-z, a:_x.Y-z",
        "sha256:abcd, docker.io/library/sha256:abcd, sha256:abcd",
    })
    void readsNamesAsDockerDoes(String text, String full, String familiar) {
        Reference reference = Reference.parse(text).recorded();
        assertThat(reference).hasToString(full);
        assertThat(reference.familiar()).isEqualTo(familiar);
        assertThat(Reference.parse(reference.familiar()).recorded()).isEqualTo(reference);
        assertThat(Reference.parse(reference.toString())).isEqualTo(reference);
    }

    @Test
    void keepsDigestsAndDropsTheTagBesideOne() {
        Reference both = Reference.parse("a/b:tag@sha256:" + HEX);
        assertThat(both.tag()).contains("tag");
        assertThat(both.digest()).contains(new Digest(HEX));
        assertThat(both.recorded().familiar()).isEqualTo("a/b@sha256:" + HEX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Busybox",
                "library/Busybox",
                "registry.example/Image",
                "a b",
                "a//b",
                "/a",
                "a/",
                "-a",
                "a-",
                "a..b",
                "a___b",
                "a/.b",
                "a:",
                "a:-x",
                "a:b:c",
                "a@sha256:12",
                "a@md5:d41d8cd98f00b204e9800998ecf8427e",
                "a@",
                "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
                "registry.example:port/a",
                "registry..example/a",
                "-registry.example/a",
                "https://registry.example/a",
                "a\u0000b",
                "a\n",
                "ä",
                "../../etc/passwd",
            })
    void refusesWhatIsNoName(String text) {
        assertThatThrownBy(() -> Reference.parse(text))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("invalid reference format")
                .hasMessageNotContaining("\n");
    }

    @Test
    void saysThatNamesAreLowerCase() {
        assertThatThrownBy(() -> Reference.parse("BusyBox"))
                .hasMessage(
                        "invalid reference format \"BusyBox\": repository name must be lowercase");
    }

    @Test
    void boundsLengths() {
        assertThat(Reference.parse("a".repeat(237)).path()).hasSize(245);
        for (String text :
                new String[] {
                    "a".repeat(246), "a:" + "t".repeat(129), "a/".repeat(100_000) + "a"
                }) {
            assertThatThrownBy(() -> Reference.parse(text)).isInstanceOf(InvalidSpec.class);
        }
    }
}
