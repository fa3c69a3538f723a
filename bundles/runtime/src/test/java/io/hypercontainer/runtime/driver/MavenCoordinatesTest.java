// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MavenCoordinatesTest {
    @Test
    void theUsualLayout() {
        MavenCoordinates parsed = MavenCoordinates.parse("mvn:com.example.a:driver-x:1.0-SNAPSHOT");

        assertThat(parsed.in(URI.create("https://repo.example/maven2")).toString())
                .isEqualTo(
                        "https://repo.example/maven2/com/example/a/driver-x/1.0-SNAPSHOT/"
                                + "driver-x-1.0-SNAPSHOT.jar");
        assertThat(parsed.in(URI.create("file:///m2/")).getPath()).startsWith("/m2/com/example/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mvn:",
                "mvn:a:b",
                "mvn:a:b:c:d",
                "mvn:a::1",
                "mvn:..:b:1",
                "mvn:a:..:1",
                "mvn:a:b:../1",
                "mvn:a/b:c:1",
                "mvn:a:b:1?x",
                "mvn:a b:c:1"
            })
    void whatIsMalformedIsRefused(String address) {
        assertThatThrownBy(() -> MavenCoordinates.parse(address))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("mvn:GROUP:ARTIFACT:VERSION");
    }
}
