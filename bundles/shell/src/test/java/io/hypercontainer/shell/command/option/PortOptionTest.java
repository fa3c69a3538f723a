// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.network.PortMapping;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PortOptionTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80                       | 0.0.0.0:0:80/tcp",
                "8080:80                  | 0.0.0.0:8080:80/tcp",
                ":80                      | 0.0.0.0:0:80/tcp",
                "127.0.0.1:8080:80        | 127.0.0.1:8080:80/tcp",
                "127.0.0.1::80            | 127.0.0.1:0:80/tcp",
                "[::1]:8080:80            | ::1:8080:80/tcp",
                "53:53/udp                | 0.0.0.0:53:53/udp",
                "53:53/UDP                | 0.0.0.0:53:53/udp",
                "127.0.0.1::53/udp        | 127.0.0.1:0:53/udp",
                "65535:65535              | 0.0.0.0:65535:65535/tcp",
                "8000-8002:9000-9002      | 0.0.0.0:8000:9000/tcp 0.0.0.0:8001:9001/tcp"
                        + " 0.0.0.0:8002:9002/tcp",
                "80-81                    | 0.0.0.0:0:80/tcp 0.0.0.0:0:81/tcp",
            })
    void understands(String spec, String mappings) {
        assertThat(
                        PortOption.parse(List.of(spec)).stream()
                                .map(PortMapping::toString)
                                .collect(Collectors.joining(" ")))
                .isEqualTo(mappings);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "99999:80          | host port 99999 is not between 1 and 65535",
                "80:99999          | container port 99999 is not between 1 and 65535",
                "0:80              | host port 0 is not between",
                "80:0              | container port 0 is not between",
                "abc               | container port 'abc' is not a number",
                "abc:80            | host port 'abc' is not a number",
                "80:80/icmp        | protocol 'icmp' is neither tcp nor udp",
                "''                | not of the form",
                "80:               | not of the form",
                "/udp              | not of the form",
                "80/tcp/udp        | not of the form",
                "1:2:3:4           | not of the form",
                "localhost:80:80   | 'localhost' is not an IP address",
                "256.0.0.1:80:80   | '256.0.0.1' is not an IP address",
                "8010-8000:80-90   | host port range 8010-8000 ends before it begins",
                "8000-8010:80      | 11 host ports for 1 container ports",
                "8000:80-81        | 1 host ports for 2 container ports",
                "-1:80             | host port '' is not a number",
                "999999999999:80   | host port '999999999999' is not a number",
            })
    void refuses(String spec, String why) {
        assertThatThrownBy(() -> PortOption.parse(List.of(spec)))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageStartingWith("cannot publish '" + spec + "': ")
                .hasMessageContaining(why);
    }

    @Test
    void refusesToPublishAHostPortTwice() {
        assertThatThrownBy(() -> PortOption.parse(List.of("80:1", "79-80:2-3")))
                .hasMessageContaining("host port 0.0.0.0:80/tcp is published twice");
        assertThat(PortOption.parse(List.of("80:1", "80:1/udp", "127.0.0.1:80:1", "1", "1")))
                .hasSize(5);
    }
}
