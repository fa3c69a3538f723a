// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command.view;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "busybox                      | busybox:latest            | docker.io/library/busybox:latest",
                "busybox:1.36                 | busybox:1.36              | docker.io/library/busybox:1.36",
                "team/tool                    | team/tool:latest          | docker.io/team/tool:latest",
                "docker.io/library/busybox    | busybox:latest            | docker.io/library/busybox:latest",
                "docker.io/team/tool:1        | team/tool:1               | docker.io/team/tool:1",
                "localhost/tool               | localhost/tool:latest     | localhost/tool:latest",
                "127.0.0.1:5000/a/b:v1        | 127.0.0.1:5000/a/b:v1     | 127.0.0.1:5000/a/b:v1",
                "registry:5000/a              | registry:5000/a:latest    | registry:5000/a:latest",
                "a@sha256:0123                | a@sha256:0123             | docker.io/library/a@sha256:0123",
                "quay.io/x/y:1@sha256:0123    | quay.io/x/y:1@sha256:0123 | quay.io/x/y:1@sha256:0123",
            })
    void referencesAreWrittenShortAndInFull(String reference, String familiar, String canonical) {
        ImageName name = ImageName.parse(reference).withDefaultTag();
        assertThat(name).hasToString(familiar);
        assertThat(name.canonical()).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "busy*, busybox, true",
        "*box, busybox, true",
        "b?sybox, busybox, true",
        "busybox, busybox, true",
        "*, a, true",
        "*, a/b, false",
        "*/*, a/b, true",
        "a*b*c, aXbYc, true",
        "a*b*c, aXbY, false",
        "?, ab, false",
        "*a, b, false",
        "team/*:1, team/tool:1, true",
        "**, abc, true"
    })
    void patternsDoNotCrossSlashes(String pattern, String text, boolean matches) {
        assertThat(Wildcard.matches(pattern, text)).isEqualTo(matches);
    }
}
