// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.command;

import io.hypercontainer.api.InvalidSpec;
import io.hypercontainer.api.command.Session;
import io.hypercontainer.shell.command.option.ClientFile;
import io.hypercontainer.shell.podfile.InvalidPodFile;
import io.hypercontainer.shell.podfile.PodFile;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that name a pod file. */
final class PodFileOptions {
    static final String STDIN = "-";

    @Option(
            names = "--podfile",
            paramLabel = "FILE",
            description = "Make the pod that a JSON or YAML file describes, - for standard input")
    Optional<String> path = Optional.empty();

    @Option(
            names = {"-y", "--yaml"},
            description = "The pod file is YAML, whatever it is called")
    boolean yaml;

    /** Reads the file, with the rights of the client. */
    PodFile read(Session session, Optional<String> name) throws InvalidPodFile, IOException {
        String file = path.orElseThrow();
        try (InputStream in = file.equals(STDIN) ? session.in() : ClientFile.open(session, file)) {
            byte[] content = in.readNBytes(PodFile.MAX_BYTES + 1);
            return PodFile.parse(file, content, yaml, name);
        }
    }

    /** Says what is wrong with the file and returns the exit code. */
    int refuse(Session session, InvalidPodFile problem) {
        String file = path.orElseThrow();
        for (String line : problem.problems()) {
            Complaint.print(
                    session,
                    new InvalidSpec((file.equals(STDIN) ? "pod file" : file) + ": " + line));
        }
        return Exits.DAEMON_ERROR;
    }
}
