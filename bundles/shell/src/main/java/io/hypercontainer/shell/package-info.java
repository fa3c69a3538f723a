// SPDX-License-Identifier: Apache-2.0
/**
 * Every command once, for hyperctl and for the Gogo shell alike.
 *
 * <h2>How to write a command</h2>
 *
 * {@snippet lang=java :
 * @CommandLine.Command(
 *         name = "stop",
 *         aliases = "container stop",
 *         description = "Stop one or more running containers")
 * @Component(service = Command.class, scope = ServiceScope.PROTOTYPE)
 * public final class StopCommand implements Command {
 *     @CommandLine.Option(
 *             names = {"-t", "--time"},
 *             paramLabel = "SECONDS",
 *             description = "Seconds to wait before killing the container")
 *     @Nullable Integer seconds;
 *
 *     @CommandLine.Parameters(arity = "1..*", paramLabel = "CONTAINER")
 *     List<String> names = List.of();
 *
 *     private final Runtime runtime;
 *
 *     @Activate
 *     public StopCommand(@Reference Runtime runtime) {
 *         this.runtime = runtime;
 *     }
 *
 *     @Override
 *     public int run(Session session) {
 *         for (var name : names) {
 *             runtime.containers().stop(name, Optional.ofNullable(seconds).map(Duration::ofSeconds));
 *             session.out().println(name);
 *         }
 *         return 0;
 *     }
 *
 *     @Override
 *     public List<String> complete(String argument, String prefix) {
 *         return argument.equals("CONTAINER") ? runningNames(prefix) : List.of();
 *     }
 * }
 * }
 *
 * <ul>
 *   <li><b>Fields.</b> Each run gets an instance of its own with its fields filled in; nothing has
 *       to be reset. A flag is a {@code boolean}: {@code --flag}, {@code --flag=false}, {@code
 *       -it}. Repeatable options are lists. Labels of values are upper case without brackets.
 *   <li><b>Names</b> may have two words: {@code volume ls} appears below {@code hyperctl volume}.
 *       Aliases too. {@code hidden = true} keeps a command out of the overview.
 *   <li><b>Groups.</b> The service property {@code hyper.command.group} ({@code Common}, for
 *       instance) chooses the heading in {@code hyperctl --help}.
 *   <li><b>Options stop at the first word</b> where the command line ends with another command's
 *       words: if a parameter with {@code index = "1..*"} takes all the rest ({@code run IMAGE
 *       [COMMAND] [ARG...]}). All other commands take options anywhere. {@code --help} is added.
 *   <li><b>Exit codes.</b> What {@code run} returns. A {@link io.hypercontainer.api.HyperException}
 *       or {@link java.io.IOException} becomes one line {@code hyperctl: message} and the
 *       annotation's {@code exitCodeOnExecutionException}, 1 unless {@code run}, {@code create} and
 *       {@code exec} say 125. A command line that is wrong gives 125. To report several failures,
 *       print each with {@code session.err().println("hyperctl: " + e.getMessage())} and return 1
 *       at the end.
 *   <li><b>Streams.</b> {@code session.out()} is buffered: whoever prints and then waits flushes it
 *       ({@code logs -f}). Bytes go through {@code out().write(bytes, 0, n)}. {@code session.in()}
 *       takes nothing from the client before the first read.
 *   <li><b>Terminals.</b> {@code session.terminal()} is there if input and output are one; {@code
 *       rawMode(true)} passes keys through, and is ended for you. Detach keys are for you to find.
 *   <li><b>Signals.</b> Without {@code session.onEvent}, INT, TERM and HUP interrupt the thread:
 *       let {@link io.hypercontainer.api.Interrupted} through, nothing is printed and the exit code
 *       is 128 + signal. With it, they are yours; a client that has gone interrupts in any case.
 *   <li><b>Files of the client.</b> {@code session.read(path)}, {@code session.write(path)}: with
 *       its rights, from its directory. Close what you wrote only when it is complete; what is
 *       still open when {@code run} returns or throws is dropped, so no try-with-resources there.
 *   <li><b>Tables.</b> {@link io.hypercontainer.shell.format.Table}, {@link
 *       io.hypercontainer.shell.format.HumanSize}, {@link
 *       io.hypercontainer.shell.format.HumanTime}.
 * </ul>
 */
@NullMarked
package io.hypercontainer.shell;

import org.jspecify.annotations.NullMarked;
