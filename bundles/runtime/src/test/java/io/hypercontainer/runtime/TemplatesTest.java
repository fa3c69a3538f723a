// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hypercontainer.api.hypervisor.Boot;
import io.hypercontainer.api.hypervisor.VmSpec;
import io.hypercontainer.api.runtime.ContainerSpec;
import io.hypercontainer.api.runtime.Finding;
import io.hypercontainer.api.runtime.MachineSpec;
import io.hypercontainer.api.runtime.MountSpec;
import io.hypercontainer.runtime.local.LocalHypervisor;
import io.hypercontainer.runtime.template.StandInMacs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Machines that are cloned instead of booted. */
class TemplatesTest extends LocalDaemonTest {
    @BeforeEach
    void clones() {
        daemon.host.clones = true;
    }

    private boolean clones(Specs spec) throws Exception {
        return daemon.host.guest(run(spec)).cloned;
    }

    private static Specs sleep() {
        return Specs.command("sleep", "1000");
    }

    private boolean clonesWithMemory(int mebibytes) throws Exception {
        ContainerSpec spec =
                ContainerSpec.of("host")
                        .command(List.of("sleep", "1000"))
                        .machine(
                                new MachineSpec(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of((long) mebibytes << 20),
                                        Optional.empty(),
                                        Optional.empty(),
                                        false))
                        .build();
        String id = daemon.containers().create(spec).id();
        daemon.containers().start(id);
        return daemon.host.guest(id).cloned;
    }

    private Path templates() {
        return root.resolve("templates");
    }

    private List<Path> saved() throws IOException {
        if (!Files.isDirectory(templates())) {
            return List.of();
        }
        try (var all = Files.list(templates())) {
            return all.filter(t -> !t.toString().endsWith(".new")).sorted().toList();
        }
    }

    private Path awaitTemplate() throws Exception {
        return awaitTemplates(1).getFirst();
    }

    private List<Path> awaitTemplates(int count) throws Exception {
        while (saved().size() != count || unfinished()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return saved();
    }

    private boolean unfinished() throws IOException {
        try (var all = Files.list(templates())) {
            return all.anyMatch(t -> t.toString().endsWith(".new"));
        }
    }

    @Test
    void theFirstMachineIsBootedAndThoseAfterItAreCloned() throws Exception {
        String first = run(sleep());
        assertThat(daemon.host.guest(first).cloned).isFalse();
        assertThat(daemon.host.guest(first).network.orElseThrow().knownAs()).isEmpty();
        awaitTemplate();

        for (int i = 0; i < 3; i++) {
            String next = run(sleep());
            assertThat(daemon.host.guest(next).cloned).isTrue();
            assertThat(daemon.host.guest(next).network.orElseThrow().knownAs())
                    .contains(StandInMacs.of(0));
        }
        daemon.stop();
        daemon.start();
        daemon.plug();
        assertThat(clones(sleep())).isTrue();
        assertThat(daemon.host.templates).hasValue(1);
        assertThat(daemon.host.alive()).hasSize(5);
    }

    @Test
    void whatSharesFoldersOfTheHostOrMayIsBooted() throws Exception {
        run(sleep());
        awaitTemplate();
        String shares =
                daemon.containers()
                        .create(
                                ContainerSpec.of("host")
                                        .command(List.of("sleep", "1000"))
                                        .mounts(
                                                List.of(
                                                        new MountSpec.Bind(
                                                                root.toString(), "/host", true)))
                                        .build())
                        .id();
        daemon.containers().start(shares);
        assertThat(daemon.host.guest(shares).cloned).isFalse();
        assertThat(daemon.host.templates).hasValue(1);
    }

    @Test
    void aDamagedTemplateIsMadeAnew() throws Exception {
        run(sleep());
        Path template = awaitTemplate();
        Files.writeString(template.resolve("state/saved"), "something else");

        assertThat(clones(sleep())).isFalse();
        while (daemon.host.templates.get() < 2) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        awaitTemplate();
        assertThat(clones(sleep())).isTrue();
    }

    @Test
    void whatCannotBeSavedIsTriedOnceAndBooted() throws Exception {
        daemon.host.saves = false;
        assertThat(clones(sleep())).isFalse();
        while (daemon.host.templates.get() == 0 || unfinished()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(clones(sleep())).isFalse();
        assertThat(clones(sleep())).isFalse();
        assertThat(daemon.host.templates).hasValue(1);
        assertThat(saved()).isEmpty();
        assertThat(daemon.host.alive()).hasSize(3);
    }

    @Test
    void thoseThatWereOfUseLastAreKept() throws Exception {
        clonesWithMemory(128);
        awaitTemplates(1);
        clonesWithMemory(256);
        awaitTemplates(2);
        assertThat(clonesWithMemory(128)).isTrue();
        List<Path> before = saved();

        clonesWithMemory(512);
        while (saved().equals(before) || saved().size() != 2 || unfinished()) {
            TimeUnit.MILLISECONDS.sleep(5);
        }

        assertThat(clonesWithMemory(512)).isTrue();
        assertThat(clonesWithMemory(128)).isTrue();
        assertThat(clonesWithMemory(256)).isFalse();
    }

    @Test
    void whatWasCutOffIsClearedWhenItsDriverComes() throws Exception {
        run(sleep());
        Path template = awaitTemplate();
        daemon.stop();
        Path draft = templates().resolve(template.getFileName() + ".new");
        Files.move(template, draft);
        Path folder = Files.createDirectories(draft.resolve("vm"));
        String machine = "t-" + template.getFileName().toString().substring(0, 10);
        new LocalHypervisor(daemon.host)
                .launch(
                        new VmSpec(
                                machine,
                                folder,
                                1,
                                1 << 20,
                                new Boot(folder, folder, List.of()),
                                List.of(),
                                List.of(),
                                List.of(),
                                false));
        daemon.start();
        assertThat(daemon.runtime().doctor().examine()).noneMatch(Finding::garbage);
        assertThat(daemon.host.alive()).contains(machine);
        daemon.plug();

        while (Files.exists(draft)) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        assertThat(daemon.host.alive()).hasSize(1).doesNotContain(machine);
        assertThat(clones(sleep())).isFalse();
        awaitTemplate();
        assertThat(clones(sleep())).isTrue();
    }

    @Test
    void whatElseLiesThereDisturbsNobody() throws Exception {
        daemon.stop();
        Files.createDirectories(templates().resolve("x.new"));
        Files.createDirectories(templates().resolve("lost+found"));
        daemon.start();
        daemon.plug();

        assertThat(daemon.runtime().doctor().examine()).isEmpty();
        assertThat(daemon.runtime().templates().list()).isEmpty();
        assertThat(clones(sleep())).isFalse();
        assertThat(templates().resolve("x.new")).isDirectory();
    }
}
