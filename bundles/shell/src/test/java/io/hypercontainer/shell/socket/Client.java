// SPDX-License-Identifier: Apache-2.0
package io.hypercontainer.shell.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Runs the real hyperctl. */
public final class Client {
    /** The built program. */
    public static final Path PROGRAM =
            Path.of("../../client/build/hyperctl").toAbsolutePath().normalize();

    /**
     * How a client ended.
     *
     * @param exit its exit code
     * @param out what it wrote to standard output
     * @param err what it wrote to standard error
     */
    public record Result(int exit, String out, String err) {}

    private Client() {}

    /**
     * Prepares a client.
     *
     * @param socket of the daemon
     * @param words the command line
     * @return ready to start
     */
    public static ProcessBuilder of(Path socket, String... words) {
        // env replaces itself. A build in the background has INT ignored, and clients would inherit
        // it.
        var line = new ArrayList<>(List.of("env", "--default-signal=INT,QUIT"));
        line.addAll(List.of(PROGRAM.toString(), "-H", "unix://" + socket));
        line.addAll(List.of(words));
        return new ProcessBuilder(line);
    }

    /**
     * Runs a client to its end.
     *
     * @param client prepared
     * @param input for its standard input
     * @return how it ended
     */
    public static Result run(ProcessBuilder client, byte[] input)
            throws IOException, InterruptedException {
        var process = client.start();
        var errors = new ByteArrayOutputStream();
        var feeder =
                Thread.ofVirtual()
                        .start(() -> {
                            try (var in = process.getOutputStream()) {
                                in.write(input);
                            } catch (IOException e) {
                                // It does not want its input.
                            }
                        });
        var reader =
                Thread.ofVirtual()
                        .start(() -> {
                            try {
                                process.getErrorStream().transferTo(errors);
                            } catch (IOException e) {
                                throw new java.io.UncheckedIOException(e);
                            }
                        });
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        feeder.join();
        reader.join();
        return new Result(process.waitFor(), out, errors.toString(StandardCharsets.UTF_8));
    }
}
