// SPDX-License-Identifier: Apache-2.0
package com.example.uml.monitor;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The first process of a machine; when it ends, all of the machine does. It starts the programs
 * that are behind the network interfaces and the guest's kernel, holds the guest's end of the
 * channel and the console, and writes down how the kernel ended.
 *
 * <p>With its starter it speaks in lines: it says {@link #READY} when the channel's socket is
 * there, waits for {@link #GO} and says {@link #STARTED}.
 */
public final class Monitor {
    /** Ends a command on the command line. */
    public static final String NEXT = ";";

    /** The socket is there; nothing of the guest has run. */
    public static final String READY = "ready";

    /** Let the guest run. */
    public static final String GO = "go";

    /** The guest runs. */
    public static final String STARTED = "started";

    private static final String MEMORY = "TMPDIR";

    private Monitor() {}

    /**
     * Runs a machine in the working directory.
     *
     * @param args the machine's folder, not used; commands with {@link #NEXT} between them; the
     *     last one is the kernel
     * @throws Exception if it cannot be run; what it has started ends with it
     */
    public static void main(String[] args) throws Exception {
        var commands = commands(List.of(args).subList(1, args.length));
        var kernelCommand = commands.removeLast();
        try (var console = new BoundedLog(Path.of("console.log"));
                var network = new BoundedLog(Path.of("network.log"));
                var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of("agent.sock"), 1);
            makePipe("pace");
            for (var command : commands) {
                var helper = builder(command).redirectErrorStream(true).start();
                helper.getOutputStream().close();
                network.copy(helper.getInputStream());
            }
            System.out.println(READY);
            var order =
                    new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))
                            .readLine();
            if (!GO.equals(order)) {
                return; // the starter has ended before the machine was complete
            }
            var kernel = builder(kernelCommand).start();
            var relay = new Relay(server, kernel.getOutputStream(), kernel.getInputStream());
            relay.start(Path.of("pace"));
            var said = console.copy(kernel.getErrorStream());
            System.out.println(STARTED);
            System.out.close();
            var status = kernel.waitFor();
            said.join(1000);
            relay.finish();
            Files.writeString(Path.of("exit"), Integer.toString(status));
        } finally {
            // Guest processes may be left that are traced no more.
            Runtime.getRuntime().halt(0);
        }
    }

    private static List<List<String>> commands(List<String> words) {
        var commands = new ArrayList<List<String>>();
        commands.add(new ArrayList<>());
        for (var word : words) {
            if (word.equals(NEXT)) {
                commands.add(new ArrayList<>());
            } else {
                commands.getLast().add(word);
            }
        }
        return commands;
    }

    private static ProcessBuilder builder(List<String> command) {
        var builder = new ProcessBuilder(command);
        builder.environment().keySet().retainAll(List.of(MEMORY));
        return builder;
    }

    private static void makePipe(String name) throws IOException, InterruptedException {
        var process =
                builder(List.of("/usr/bin/mkfifo", "-m", "600", name))
                        .redirectInput(new File("/dev/null"))
                        .redirectErrorStream(true)
                        .start();
        if (process.waitFor() != 0) {
            throw new IOException(
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
