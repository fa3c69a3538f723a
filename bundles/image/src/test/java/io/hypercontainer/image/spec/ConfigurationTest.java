// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.image.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.image.ImageConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationTest {
    private static Configuration parse(String json) {
        return Configuration.parse(
                json.replace('\'', '"').getBytes(StandardCharsets.UTF_8), "image a");
    }

    @Test
    void readsAllThatDockerWrites() {
        Configuration read =
                parse(
                        "{'architecture':'amd64','os':'linux','created':'2020-02-03T04:05:06.5+01:00',"
                                + "'config':{'Entrypoint':['/e'],'Cmd':['a','b'],'Env':['A=b'],"
                                + "'User':'1:2','WorkingDir':'/w','ExposedPorts':{'80/tcp':{},"
                                + "'53/udp':{}},'Volumes':{'/v':{}},'Labels':{'k':'v'},"
                                + "'StopSignal':'SIGQUIT','Healthcheck':{'Test':['CMD','true'],"
                                + "'Interval':1,'Timeout':2,'StartPeriod':3,'Retries':4},"
                                + "'Domainname':'','Tty':false,'OnBuild':null},"
                                + "'rootfs':{'type':'layers','diff_ids':['sha256:"
                                + "a".repeat(64)
                                + "']},'history':[{'created_by':'x'}]}");
        assertThat(read.config())
                .isEqualTo(
                        new ImageConfig(
                                "amd64",
                                "linux",
                                List.of("/e"),
                                List.of("a", "b"),
                                List.of("A=b"),
                                "1:2",
                                "/w",
                                List.of("53/udp", "80/tcp"),
                                List.of("/v"),
                                Map.of("k", "v"),
                                "SIGQUIT",
                                Optional.of(
                                        new ImageConfig.Healthcheck(
                                                List.of("CMD", "true"), 1, 2, 3, 4))));
        assertThat(read.created()).isEqualTo(Instant.parse("2020-02-03T03:05:06.500Z"));
        assertThat(read.diffIds()).containsExactly(new Digest("a".repeat(64)));
    }

    @Test
    void takesNullsOldCommandsAndMissingPartsAsDockerDoes() {
        Configuration read =
                parse(
                        "{'config':{'Cmd':'one string','Entrypoint':null,'Labels':null,"
                                + "'Healthcheck':{'Test':['NONE']}},'rootfs':{'diff_ids':null}}");
        assertThat(read.config().command()).containsExactly("one string");
        assertThat(read.config().entrypoint()).isEmpty();
        assertThat(read.config().healthcheck()).isEmpty();
        assertThat(read.diffIds()).isEmpty();
        assertThat(parse("{'rootfs':{},'created':'yesterday'}").created()).isEqualTo(Instant.EPOCH);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'architecture':'arm64','rootfs':{}} | is for linux/arm64; this host runs",
                "{'architecture':'amd64','variant':'v4','rootfs':{}} | is for linux/amd64/v4",
                "{'os':'windows','rootfs':{}} | is for windows/amd64",
                "{} | has no \"rootfs\"",
                "{'rootfs':{'diff_ids':['sha512:00']}} | no sha256 digest",
                "{'rootfs':{},'config':{'Cmd':[1]}} | is not text",
                "{'rootfs':{},'config':{'Env':{}}} | is not a JSON array",
            })
    void refusesWhatGuestsCannotRun(String json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining(why.strip());
    }
}
