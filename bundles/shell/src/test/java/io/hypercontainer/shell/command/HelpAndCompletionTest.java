// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.runtime.PodState;
import io.hypercontainer.shell.Completion;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HelpAndCompletionTest {
    private final Typed typed = new Typed();

    @BeforeEach
    void fill() {
        typed.runtime
                .containers
                .with(Samples.running("runs"))
                .with(Samples.exited("ended", 0))
                .with(Samples.created("made"));
        typed.runtime.volumes.names.add("vol");
        typed.runtime
                .pods
                .with("front", new PodState.Running(Samples.THEN))
                .with("back", new PodState.Stopped(""));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "stop _                  | runs",
                "kill _                  | runs",
                "exec _                  | runs",
                "attach _                | runs",
                "wait _                  | runs",
                "stats _                 | runs",
                "start _                 | ended made",
                "start ended m_          | made",
                "rm _                    | ended made runs",
                "rm -f r_                | runs",
                "logs e_                 | ended",
                "port _                  | ended made runs",
                "run _                   | busybox:latest",
                "run -d -p 80:80 b_      | busybox:latest",
                "run --network _         | none user",
                "run --hypervisor _      | qemu",
                "create --storage _      | overlay",
                "run --pull _            | always missing never",
                "rmi _                   | busybox:latest",
                "tag _                   | busybox:latest",
                "inspect _               | ended made runs busybox:latest vol front back",
                "inspect --type _        | container pod image volume",
                "volume rm _             | vol",
                "volume inspect _        | vol",
                "driver info _           | bad.jar overlay qemu user",
                "driver update q_        | qemu",
                "list _                  | pod container vm",
                "cp r_                   | runs:",
                "cp a runs_              | runs:",
                "diff _                  | ended made runs",
                "pause _                 | runs",
                "rename e_               | ended",
                "top _                   | runs",
                "update e_               | ended",
                "update --restart o_     | on-failure",
                "run --log-driver n_     | none",
                "exec runs _             | ''",
                "pod start _             | back front",
                "pod stop _              | front",
                "pod kill _              | front",
                "pod rm b_               | back",
                "pod inspect _           | back front",
                "pod label _             | back front",
                "pod label front _       | ''",
                "pod update -m 1g _      | back front",
                "pod rename _            | back front",
                "pod create --network _  | none user",
                "pod run --pull a_       | always",
                "ports ls _              | back front",
                "ports add -p 80 _       | back front",
                "ports delete _          | back front",
                "service ls _            | back front",
                "service add _           | back front",
                "service rm _            | back front",
                "run --pod _             | back front",
                "ps --pod f_             | front",
                "list -p _               | back front",
            })
    void onlyWhatMakesSenseIsProposed(String line, String proposals) {
        List<String> words = List.of(line.replace("_", "").split(" ", -1));

        assertThat(
                        new Completion(typed.catalog())
                                .complete(words).stream().map(Completion.Candidate::value))
                .containsExactlyInAnyOrder(
                        proposals.isEmpty() ? new String[0] : proposals.split(" "));
    }

    @Test
    void everyCommandHasHelp() {
        assertThat(typed.names()).hasSizeGreaterThan(20);
        for (String name : typed.names()) {
            Typed fresh = new Typed();
            assertThat(fresh.run(name + " --help")).as(name).isZero();
            assertThat(fresh.out()).as(name).startsWith("Usage:  hyperctl " + name);
            assertThat(fresh.err()).as(name).isEmpty();
        }
    }

    @Test
    void helpEndsWithExamples() {
        typed.run("exec --help");
        assertThat(typed.out()).contains("\n\nExamples:\n  hyperctl exec web ps\n");
    }
}
