// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.shell.command.TestSession;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class VersionCommandTest {
    private static String run(String... arguments) {
        VersionCommand command =
                new VersionCommand(
                        new VersionDetails(
                                "0.1.0", "1.0.0", "25", "felix 7", "linux", "amd64", "6.1"));
        new CommandLine(command).parseArgs(arguments);
        TestSession session = new TestSession();
        assertThat(command.run(session)).isZero();
        return session.printed();
    }

    @Test
    void tellsWhatTheDaemonIsMadeOf() {
        assertThat(run())
                .isEqualTo(
                        """
                        Server: HyperContainer
                         Version:      0.1.0
                         API version:  1.0.0
                         Java:         25
                         Framework:    felix 7
                         OS/Arch:      linux/amd64
                         Kernel:       6.1
                        """);
    }

    @Test
    void hasDockersFields() {
        assertThat(run("--format", "{{.Server.Version}} {{.Server.ApiVersion}} {{.Server.Os}}"))
                .isEqualTo("0.1.0 1.0.0 linux\n");
        assertThat(run("--format", "json")).startsWith("{\"Server\":{\"Version\":\"0.1.0\",");
        assertThat(run("--short")).isEqualTo("HyperContainer version 0.1.0\n");
    }
}
