// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.Images.Credentials;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryLoginsTest {
    private final TestSession session = new TestSession().variable("HOME", "/home/user");

    @Test
    void the_login_of_the_images_registry_is_taken() {
        session.file(
                "/home/user/.docker/config.json",
                """
                {"auths": {"registry.example:5000": {"auth": "dXNlcjpwYXNzOndvcmQ="},
                           "https://index.docker.io/v1/": {"auth": "aHViOmh1Yg=="}}}
                """);

        assertThat(RegistryLogins.of(session, "registry.example:5000/team/tool"))
                .isEqualTo(new Credentials("user", "pass:word"));
        assertThat(RegistryLogins.of(session, "busybox")).isEqualTo(new Credentials("hub", "hub"));
        assertThat(RegistryLogins.of(session, "other.example/tool")).isEqualTo(Credentials.NONE);
    }

    @Test
    void without_a_file_there_are_no_credentials() {
        assertThat(RegistryLogins.of(session, "busybox")).isEqualTo(Credentials.NONE);
    }

    @Test
    void the_folder_can_be_named() {
        session.variable("DOCKER_CONFIG", "/etc/docker-login");
        session.file(
                "/etc/docker-login/config.json", "{\"auths\": {\"a.b\": {\"auth\": \"eDp5\"}}}");

        assertThat(RegistryLogins.of(session, "a.b/c")).isEqualTo(new Credentials("x", "y"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"auths\": {\"a.b\": {\"auth\": \"?\"}}}",
                "{\"auths\": {\"a.b\": {\"auth\": \"eA==\"}}}"
            })
    void a_damaged_file_is_told(String content) {
        session.file("/home/user/.docker/config.json", content);

        assertThatThrownBy(() -> RegistryLogins.of(session, "a.b/c"))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("/home/user/.docker/config.json");
    }

    @ParameterizedTest
    @CsvSource({
        "busybox, https://index.docker.io/v1/",
        "team/tool, https://index.docker.io/v1/",
        "docker.io/library/busybox, https://index.docker.io/v1/",
        "localhost/tool, localhost",
        "127.0.0.1:5000/a/b:tag, 127.0.0.1:5000",
    })
    void an_images_name_tells_its_registry(String image, String registry) {
        assertThat(RegistryLogins.registry(image)).isEqualTo(registry);
    }
}
