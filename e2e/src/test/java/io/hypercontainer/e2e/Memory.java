// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.e2e;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What is in the memory of a daemon, after a collection of what is not needed any more. */
final class Memory {
    private static final String JCMD =
            Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();

    private final Daemon daemon;

    Memory(Daemon daemon) {
        this.daemon = daemon;
    }

    /** How many class loaders have a class of this name. */
    long loaders(String type) throws InterruptedException {
        jcmd("GC.run");
        return jcmd("VM.classloaders", "show-classes=true")
                .lines()
                .filter(line -> line.endsWith(" " + type))
                .count();
    }

    /** How many objects there are of all classes of this name. */
    long objects(String type) throws InterruptedException {
        return jcmd("GC.class_histogram")
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(words -> words.length > 3 && words[3].equals(type))
                .mapToLong(words -> Long.parseLong(words[1]))
                .sum();
    }

    private String jcmd(String... words) throws InterruptedException {
        var all = new ArrayList<>(List.of(JCMD, Long.toString(daemon.pid())));
        all.addAll(List.of(words));
        try (var command = daemon.program(daemon.directory, Map.of(), all)) {
            return command.await().ok();
        }
    }
}
