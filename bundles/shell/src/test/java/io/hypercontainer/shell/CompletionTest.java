// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CompletionTest {
    private final Completion completion = new Completion(Samples.catalog());

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "'' | ask container echo ps rm run volume wait",
                "r | rm run",
                "x | ''",
                "volume '' | ls",
                "container r | run",
                "run --i | --interactive",
                "run --secret | ''",
                "run busy | busybox:latest busybox:1.36",
                "run -it --rm d | debian",
                "run -e '' | ''",
                "run -ite b | ''",
                "run -e X d | debian",
                "run --env=X d | debian",
                "run -m 5 -t d | debian",
                "run debian d | ''",
                "run debian --i | ''",
                "run --restart a | always",
                "run --restart=n | --restart=never",
                "rm one --f | --force",
                "help r | rm run",
                "no-such '' | ''",
            })
    void the_last_word_is_completed(String line, String expected) {
        var words = List.of(line.split(" ")).stream().map(w -> w.equals("''") ? "" : w).toList();

        var values =
                completion.complete(words).stream()
                        .map(Completion.Candidate::value)
                        .filter(value -> !value.isEmpty())
                        .toList();

        assertThat(String.join(" ", values)).isEqualTo(expected.equals("''") ? "" : expected);
    }
}
