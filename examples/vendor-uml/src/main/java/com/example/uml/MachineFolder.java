// SPDX-License-Identifier: Apache-2.0
package com.example.uml;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Names of the files in a machine's folder. Its processes work in it and use the names alone, so
 * the folders above may be closed to their user.
 *
 * @param path the folder
 */
record MachineFolder(Path path) {
    static final String AGENT = "agent.sock";
    static final String CONSOLE = "console.log";
    static final String EXIT = "exit";
    static final String INITRD = "initrd";
    static final String MONITOR = "monitor.jar";
    static final String NETWORK_LOG = "network.log";

    /** A terminal line of the guest leads to this pipe, see {@code monitor.Relay}. */
    static final String PACE = "pace";

    Path agent() {
        return path.resolve(AGENT);
    }

    Path console() {
        return path.resolve(CONSOLE);
    }

    Path previousConsole() {
        return path.resolve(CONSOLE + ".1");
    }

    /** What the monitor writes: it can make no files of its own once the folder is closed. */
    List<Path> written() {
        return Stream.of(CONSOLE, CONSOLE + ".1", NETWORK_LOG, NETWORK_LOG + ".1", EXIT)
                .map(path::resolve)
                .toList();
    }

    /** The kernel's exit status, written by the monitor when it has ended. */
    Path exit() {
        return path.resolve(EXIT);
    }

    Path initrd() {
        return path.resolve(INITRD);
    }

    Path monitor() {
        return path.resolve(MONITOR);
    }

    Path notes() {
        return path.resolve("machine.properties");
    }

    /** A link, so that no path of the host has to be quoted on the kernel's command line. */
    static String disk(int index) {
        return "disk" + index;
    }

    static String network(int index) {
        return "net" + index;
    }

    Path networkControl(int index) {
        return path.resolve(networkControlName(index));
    }

    static String networkControlName(int index) {
        return network(index) + ".control";
    }
}
