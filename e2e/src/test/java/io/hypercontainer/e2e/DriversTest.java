// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drivers are installed, exchanged and removed while the daemon works. */
class DriversTest {
    private Daemon daemon;

    @BeforeEach
    void start() throws Exception {
        daemon = Daemon.start();
    }

    @AfterEach
    void stop() {
        daemon.close();
    }

    @Test
    void two_versions_of_a_hypervisor_serve_beside_each_other() throws Exception {
        daemon.ctl("run", "-d", "--name", "old", "busybox", "sleep", "1000").ok();

        var jar = BundleJar.of("qemu").version("0.2.0").write(file("qemu.jar"));
        assertThat(daemon.ctl("driver", "install", jar.toString()).ok()).isEqualTo("qemu\n");
        daemon.ctl("run", "-d", "--name", "new", "busybox", "sleep", "1000").ok();
        daemon.ctl("run", "-d", "--name", "pinned", "--hypervisor", "qemu@0.1.0", "busybox", "top")
                .ok();
        assertThat(hypervisors())
                .isEqualTo("0.1.0 standby 2 VMs built-in\n0.2.0 active 1 VM qemu.jar\n");

        // Both are there after a crash, each with its machines.
        daemon.crash();
        daemon.launch();
        daemon.ctl("exec", "old", "true").ok();
        daemon.ctl("exec", "new", "true").ok();
        assertThat(hypervisors())
                .isEqualTo("0.1.0 standby 2 VMs built-in\n0.2.0 active 1 VM qemu.jar\n");

        var refused = daemon.ctl("driver", "rm", "qemu@0.2.0");
        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains("1 virtual machines").contains("--force");
        assertThat(daemon.ctl("driver", "rm", "qemu").err()).contains("several bundles");

        // The other version takes its machines over.
        daemon.ctl("driver", "rm", "--force", "qemu@0.2.0").ok();
        daemon.ctl("exec", "new", "true").ok();
        assertThat(hypervisors()).isEqualTo("0.1.0 active 3 VMs built-in\n");
        daemon.ctl("stop", "-t", "0", "new", "old", "pinned").ok();
        assertThat(hypervisors()).isEqualTo("0.1.0 active 0 VMs built-in\n");
    }

    @Test
    void what_replaces_a_driver_of_the_distribution_stays_and_what_is_removed_stays_away()
            throws Exception {
        daemon.ctl("run", "-d", "--name", "box", "busybox", "sleep", "1000").ok();
        for (String name : new String[] {"qemu", "storage-overlay", "network-user"}) {
            var jar = BundleJar.of(name).version("0.1.7").write(file(name + ".jar"));
            var driver = name.substring(name.indexOf('-') + 1);
            assertThat(daemon.ctl("driver", "update", driver, jar.toString()).ok())
                    .isEqualTo(driver + " 0.1.7\n");
        }
        assertThat(daemon.ctl("driver", "ls", "--format", "{{.Version}} {{.Used}}").ok())
                .isEqualTo(
                        "0.1.7 1 VM\n0.1.0 0 VMs\n0.1.7 1 container\n0.1.0 0 containers\n0.1.7 1"
                                + " container\n");

        daemon.terminate();
        daemon.launch();
        assertThat(daemon.ctl("driver", "ls", "--format", "{{.Version}} {{.State}}").ok())
                // Those of 0.1.0 are Xen and storage dm, which not every host can use.
                .matches("0.1.7 active\n0.1.0 \\w+\n0.1.7 active\n0.1.0 \\w+\n0.1.7 active\n");
        daemon.ctl("exec", "box", "true").ok();
        daemon.ctl("rm", "-f", "box").ok();

        daemon.ctl("driver", "rm", "qemu").ok();
        daemon.crash();
        daemon.launch();
        assertThat(daemon.ctl("driver", "ls", "-q").ok()).isEqualTo("xen\nuser\ndm\noverlay\n");
        var run = daemon.ctl("run", "--rm", "busybox", "true");
        assertThat(run.exit()).isEqualTo(125);
        assertThat(run.err()).contains("no hypervisor driver").hasLineCount(1);

        // The distribution's own jar is as good as any.
        daemon.ctl("driver", "install", BundleJar.builtIn("qemu").toString()).ok();
        daemon.ctl("run", "--rm", "busybox", "true").ok();
    }

    @Test
    void what_cannot_work_is_refused_in_words_and_leaves_nothing_behind() throws Exception {
        var before = daemon.ctl("shell", "-c", "felix:lb -s").ok();

        var text = Files.writeString(file("text.jar"), "no jar at all");
        refuses(text, "text.jar is not a jar");
        refuses(
                BundleJar.of("qemu").without("Bundle-SymbolicName").write(file("plain.jar")),
                "plain.jar is a jar but not an OSGi bundle");
        refuses(
                BundleJar.of("image").version("9").write(file("no-driver.jar")),
                "no-driver.jar has no driver");
        refuses(
                BundleJar.sample("sample")
                        .replace(
                                "Import-Package",
                                "api.network;version=\"[1.0,2)",
                                "api.network;version=\"[7.1,8)")
                        .write(file("newer.jar")),
                "it needs the package io.hypercontainer.api.network in version [7.1.0,8.0.0), and this"
                        + " daemon has version 1.0.0: it was built for a newer API");
        refuses(
                BundleJar.sample("sample")
                        .replace(
                                "Import-Package",
                                "org.osgi.framework",
                                "org.osgi.framework,com.example.lib;version=\"3.2\"")
                        .write(file("lacking.jar")),
                "it needs the package com.example.lib in version 3.2.0, which no bundle here"
                        + " exports");
        refuses(
                BundleJar.sample("sample")
                        .header(
                                "Require-Capability",
                                "osgi.ee;filter:=\"(&(osgi.ee=JavaSE)(version=99))\"")
                        .write(file("java.jar")),
                "it needs JavaSE 99, and this daemon runs on Java 25");
        refuses(
                BundleJar.sample("sample")
                        .header("Sample-Start", "no luck")
                        .write(file("start.jar")),
                "cannot be started: no luck");
        refuses(
                BundleJar.sample("sample")
                        .header("Sample-Trouble", "the moon is full: wait for another day")
                        .write(file("probe.jar")),
                "cannot work on this host: the moon is full: wait for another day");
        refuses(
                BundleJar.of("storage-overlay").version("0.2").write(file("second.jar")),
                "there is a storage driver 'overlay' already");

        assertThat(daemon.ctl("shell", "-c", "felix:lb -s").ok()).isEqualTo(before);
        assertThat(daemon.files("drivers")).isSubsetOf("tmp");
        assertThat(daemon.ctl("driver", "ls", "-q").ok())
                .isEqualTo("qemu\nxen\nuser\ndm\noverlay\n");
    }

    @Test
    void a_version_that_is_no_good_does_not_replace_a_good_one() throws Exception {
        var good = BundleJar.sample("sample").write(file("good.jar"));
        daemon.ctl("driver", "install", good.toString()).ok();
        var installed = daemon.files("drivers");

        var broken =
                BundleJar.sample("sample")
                        .version("1.1")
                        .header("Sample-Trouble", "it is broken")
                        .write(file("broken.jar"));
        var update = daemon.ctl("driver", "update", "sample", broken.toString());
        assertThat(update.exit()).isEqualTo(1);
        assertThat(update.err()).contains("it is broken");
        var other = BundleJar.sample("elsewhere").version("1.2").write(file("other.jar"));
        assertThat(daemon.ctl("driver", "update", "sample", other.toString()).err())
                .contains("it has no network driver 'sample'");

        assertThat(
                        daemon.ctl(
                                        "driver",
                                        "info",
                                        "sample",
                                        "-f",
                                        "{{.Version}} {{.State}} {{.Source}}")
                                .ok())
                .isEqualTo("1.0.0 active good.jar\n");
        assertThat(daemon.files("drivers")).isEqualTo(installed);
        assertThat(daemon.ctl("driver", "install", good.toString()).err()).contains("here already");
    }

    private void refuses(Path jar, String why) throws InterruptedException {
        var result = daemon.ctl("driver", "install", jar.toString());

        assertThat(result.exit()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(why).startsWith("hyperctl: ").hasLineCount(1);
    }

    private String hypervisors() throws InterruptedException {
        return daemon.ctl(
                        "driver",
                        "ls",
                        "--filter",
                        "kind=hypervisor",
                        "--filter",
                        "name=qemu",
                        "--format",
                        "{{.Version}} {{.State}} {{.Used}} {{.Source}}")
                .ok();
    }

    private Path file(String name) {
        return daemon.directory.resolve(name);
    }
}
