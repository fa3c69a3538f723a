// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.command.Command;
import io.hypercontainer.shell.CommandCatalog;
import io.hypercontainer.shell.CommandEntry;
import io.hypercontainer.shell.CommandRunner;
import io.hypercontainer.shell.CommandSource;
import java.util.List;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;

/** All commands on a runtime in memory, run by what runs them in the daemon. */
final class Typed {
    final FakeRuntime runtime = new FakeRuntime();
    final FakeImages images = new FakeImages().with("busybox:latest");
    final TestSession session = new TestSession();
    private final CommandCatalog catalog = new CommandCatalog();
    private final CommandRunner runner = new CommandRunner(catalog);

    Typed() {
        add(() -> new AttachCommand(runtime));
        add(() -> new CopyCommand(runtime));
        add(() -> new CreateCommand(runtime, images));
        add(() -> new DriverInfoCommand(runtime));
        add(() -> new DriverInstallCommand(runtime));
        add(() -> new DriverListCommand(runtime));
        add(() -> new DriverRemoveCommand(runtime));
        add(() -> new DriverUpdateCommand(runtime));
        add(() -> new DiffCommand(runtime));
        add(() -> new CommitCommand(runtime));
        add(() -> new ExportCommand(runtime));
        add(() -> new EventsCommand(runtime));
        add(() -> new ExecCommand(runtime));
        add(() -> new ImagesCommand(images));
        add(() -> new DoctorCommand(runtime));
        add(() -> new InfoCommand(runtime));
        add(() -> new InspectCommand(runtime, images));
        add(() -> new KillCommand(runtime));
        add(() -> new ListCommand(runtime));
        add(() -> new LoadCommand(runtime, images));
        add(() -> new LogsCommand(runtime));
        add(() -> new PauseCommand(runtime));
        add(() -> new PodCreateCommand(runtime, images));
        add(() -> new PodInspectCommand(runtime));
        add(() -> new PodKillCommand(runtime));
        add(() -> new PodLabelCommand(runtime));
        add(() -> new PodListCommand(runtime));
        add(() -> new PodPauseCommand(runtime));
        add(() -> new PodRenameCommand(runtime));
        add(() -> new PodRmCommand(runtime));
        add(() -> new PodRunCommand(runtime, images));
        add(() -> new PodStartCommand(runtime));
        add(() -> new PodStopCommand(runtime));
        add(() -> new PodUnpauseCommand(runtime));
        add(() -> new PodUpdateCommand(runtime));
        add(() -> new PortCommand(runtime));
        add(() -> new PortsAddCommand(runtime));
        add(() -> new PortsDeleteCommand(runtime));
        add(() -> new PortsListCommand(runtime));
        add(() -> new PsCommand(runtime));
        add(() -> new PullCommand(runtime, images));
        add(() -> new RenameCommand(runtime));
        add(() -> new RestartCommand(runtime));
        add(() -> new RmCommand(runtime));
        add(() -> new RmiCommand(runtime, images));
        add(() -> new RunCommand(runtime, images));
        add(() -> new ServiceAddCommand(runtime));
        add(() -> new ServiceListCommand(runtime));
        add(() -> new ServiceRemoveCommand(runtime));
        add(() -> new StartCommand(runtime));
        add(() -> new StatsCommand(runtime));
        add(() -> new StopCommand(runtime));
        add(() -> new TagCommand(runtime, images));
        add(() -> new TopCommand(runtime));
        add(() -> new UnpauseCommand(runtime));
        add(() -> new UpdateCommand(runtime));
        add(() -> new VolumeCreateCommand(runtime));
        add(() -> new VolumeInspectCommand(runtime));
        add(() -> new VolumeListCommand(runtime));
        add(() -> new TemplateListCommand(runtime));
        add(() -> new TemplateRemoveCommand(runtime));
        add(() -> new TemplateBuildCommand(runtime, images));
        add(() -> new VolumePruneCommand(runtime));
        add(() -> new VolumeRemoveCommand(runtime));
        add(() -> new WaitCommand(runtime));
    }

    private void add(Supplier<Command> maker) {
        CommandSpec spec = CommandSpec.forAnnotatedObject(maker.get());
        catalog.add(
                new CommandEntry(
                        spec.name(),
                        List.of(spec.aliases()),
                        String.join(" ", spec.usageMessage().description()),
                        CommandEntry.NO_GROUP,
                        false,
                        new CommandSource() {
                            @Override
                            public Command create() {
                                return maker.get();
                            }

                            @Override
                            public void release(Command command) {}
                        }));
    }

    /** Runs a line of words that hold no spaces themselves. */
    int run(String line) {
        return run(line.split(" "));
    }

    int run(String... words) {
        return runner.run(List.of(words), session);
    }

    String out() {
        return session.printed();
    }

    String err() {
        return session.complaints();
    }

    CommandRunner runner() {
        return runner;
    }

    CommandCatalog catalog() {
        return catalog;
    }

    /** Names of all commands. */
    List<String> names() {
        return List.copyOf(catalog.byName().keySet());
    }
}
