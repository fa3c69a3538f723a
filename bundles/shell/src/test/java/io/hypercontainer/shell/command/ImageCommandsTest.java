// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code pull}, {@code load}, {@code tag} and {@code rmi}. */
class ImageCommandsTest {
    private final Typed typed = new Typed();

    @Test
    void pullShowsProgressAndEndsWithTheWholeName() {
        assertThat(typed.run("pull remote")).isZero();
        assertThat(typed.out())
                .isEqualTo(
                        """
                        Using default tag: latest
                        0123456789ab: Pull complete
                        Status: Downloaded newer image
                        docker.io/library/remote:latest
                        """);
    }

    @Test
    void pullDoesNotSpeakOfATagThatWasGiven() {
        typed.run("pull remote:1");
        assertThat(typed.out()).doesNotContain("default tag").endsWith("library/remote:1\n");
    }

    @Test
    void pullQuietPrintsTheNameOnly() {
        assertThat(typed.run("pull -q remote")).isZero();
        assertThat(typed.out()).isEqualTo("docker.io/library/remote:latest\n");
    }

    @Test
    void pullTellsWhyNot() {
        assertThat(typed.run("pull nowhere:1")).isEqualTo(1);
        assertThat(typed.err())
                .isEqualTo("hyperctl: image 'nowhere:1' not found in its registry\n");
        assertThat(typed.out()).isEmpty();
    }

    @Test
    void loadTakesAFileOfTheClientOrItsInput() {
        typed.session.file("image.tar", "from a file").input("from a pipe");

        assertThat(typed.run("load -i image.tar")).isZero();
        assertThat(typed.run("load -q")).isZero();

        assertThat(typed.images.calls).containsExactly("load from a file", "load from a pipe");
        assertThat(typed.out())
                .isEqualTo(
                        """
                        0123456789ab: Loading layer
                        Loaded image: busybox:latest
                        Loaded image: busybox:latest
                        """);
    }

    @Test
    void loadDoesNotWaitForSomeoneToTypeAnArchive() {
        typed.session.onTerminal(24, 80);
        assertThat(typed.run("load")).isEqualTo(1);
        assertThat(typed.err()).startsWith("hyperctl: requested load from stdin");
        assertThat(typed.images.calls).isEmpty();
    }

    @Test
    void loadTellsThatAFileIsNotThere() {
        assertThat(typed.run("load -i gone.tar")).isEqualTo(1);
        assertThat(typed.err())
                .isEqualTo("hyperctl: cannot read gone.tar: No such file or directory\n");
    }

    @Test
    void tagGivesANameAndSaysNothing() {
        assertThat(typed.run("tag busybox mine:1")).isZero();
        assertThat(typed.images.calls).containsExactly("tag busybox mine:1");
        assertThat(typed.out()).isEmpty();
    }

    @Test
    void rmiTellsWhatIsGone() {
        typed.images.with("two:1", "two:2");

        assertThat(typed.run("rmi busybox two:1 gone")).isEqualTo(1);
        assertThat(typed.run("rmi -f two:1")).isZero();

        assertThat(typed.out())
                .isEqualTo(
                        "Untagged: busybox:latest\nDeleted: %s\nUntagged: two:1\nUntagged: two:2\nDeleted: %s\n",
                        typed.images.all.getFirst().id(), typed.images.all.getLast().id());
        assertThat(typed.err())
                .isEqualTo(
                        """
                        hyperctl: image 'two:1' has several names
                        hyperctl: no image 'gone': get it with hyperctl pull
                        """);
    }
}
