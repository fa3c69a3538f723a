// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** {@code driver ls}, {@code info}, {@code install}, {@code update} and {@code rm}. */
class DriverCommandsTest {
    private final Typed typed = new Typed();

    @Test
    void lsShowsEachWithItsReasonWhenItDoesNotWork() {
        assertThat(typed.run("driver ls")).isZero();

        var lines = typed.out().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.getFirst())
                .matches("KIND +NAME +BUNDLE +VERSION +STATE +USED BY +CAPABILITIES +REASON");
        assertThat(lines.get(1))
                .matches(
                        "hypervisor +qemu +io.hypercontainer.qemu +0.1.0 +active +3 VMs"
                                + " +hotplug-disk,hotplug-nic,joined… *");
        assertThat(lines.get(2)).contains("1 container ");
        assertThat(lines.get(3)).contains("unusable").contains("mke2fs is missing").endsWith("…");
        assertThat(lines.get(4)).contains("bad.jar").contains("refused").endsWith("is not a jar");
    }

    @Test
    void lsCutsNothingIfItMustNotAndPrintsNamesOnly() {
        typed.run("driver ls --no-trunc --filter kind=storage");
        assertThat(typed.out()).contains("more words than fit").contains("joined-disk,pause");

        Typed quiet = new Typed();
        quiet.run("driver ls -q --filter state=active");
        assertThat(quiet.out()).isEqualTo("qemu\nuser\n");

        Typed formatted = new Typed();
        formatted.run("driver", "ls", "--format", "{{.Name}} {{.Default}} {{.Source}}");
        assertThat(formatted.out()).startsWith("qemu true built-in\n");
    }

    @Test
    void infoTellsAllAndComplainsAboutWhatIsNotThere() {
        assertThat(typed.run("driver info qemu gone")).isEqualTo(1);

        assertThat(typed.out()).contains("\"Uses\": 3").contains("\"hotplug-nic\"");
        assertThat(typed.err()).isEqualTo("hyperctl: there is no driver 'gone'\n");
    }

    @Test
    void installTakesAFileAnAddressOrInput() {
        typed.session.file("dir/uml.jar", "from a file").input("from a pipe");

        assertThat(typed.run("driver install dir/uml.jar")).isZero();
        assertThat(typed.run("driver install https://example.com/uml.jar")).isZero();
        assertThat(typed.run("driver install mvn:com.example:uml:1")).isZero();
        assertThat(typed.run("driver install -")).isZero();

        assertThat(typed.runtime.drivers.calls)
                .containsExactly(
                        "install uml.jar: from a file",
                        "install https://example.com/uml.jar",
                        "install mvn:com.example:uml:1",
                        "install standard input: from a pipe");
        assertThat(typed.out()).isEqualTo("uml\numl\numl\numl\n");
    }

    @Test
    void whatIsRefusedIsToldInOneLine() {
        typed.session.file("bad.jar", "bad");

        assertThat(typed.run("driver install bad.jar")).isEqualTo(1);
        assertThat(typed.run("driver install gone.jar")).isEqualTo(1);
        assertThat(typed.run("driver install")).isEqualTo(125);

        assertThat(typed.err())
                .startsWith(
                        """
                        hyperctl: bad.jar is not a jar
                        hyperctl: cannot read gone.jar: No such file or directory
                        """);
    }

    @Test
    void updateTellsTheVersionThatIsThereNow() {
        typed.session.file("new.jar", "content");

        assertThat(typed.run("driver update qemu new.jar")).isZero();
        assertThat(typed.run("driver update user")).isZero();

        assertThat(typed.out()).isEqualTo("qemu 0.1.0\nuser 0.1.0\n");
        assertThat(typed.runtime.drivers.calls)
                .containsExactly("update qemu new.jar: content", "update user");
    }

    @Test
    void rmAsksForForceWhereContainersAre() {
        assertThat(typed.run("driver rm qemu user")).isEqualTo(1);
        assertThat(typed.run("driver rm -f qemu")).isZero();

        assertThat(typed.out()).isEqualTo("user\nqemu\n");
        assertThat(typed.err()).contains("has 3 virtual machines");
    }
}
